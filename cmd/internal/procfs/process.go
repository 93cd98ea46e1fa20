package procfs

import "time"

// Process is one process at one moment.
type Process struct {
	PID int
	// UID is the user of the process in every respect (real, effective, saved, file system);
	// -1 where these differ or could not be read.
	UID  int
	Args []string
	Env  []string
	// Exe is the path of the program as the process sees it, with " (deleted)" at the end
	// where that file was replaced since. Exe and Cwd are empty without the right to read them.
	Exe   string
	Cwd   string
	Start time.Time
	// CPU is the processor time that it has used so far, in user and kernel mode.
	CPU time.Duration
	// Stopped reports whether a signal or a debugger holds it: it answers nobody.
	Stopped bool
}
