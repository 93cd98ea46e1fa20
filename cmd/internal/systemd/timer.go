package systemd

import "time"

// TimerSpec is a command that systemd runs once after a while, whatever becomes of us.
type TimerSpec struct {
	// Name is without a suffix: "plegctl-revert-000012" makes that .timer and .service.
	Name string
	// After is counted from the moment of arming. It does not survive a reboot.
	After time.Duration
	// Exec is the argument list; the program is an absolute path. No shell is involved.
	Exec        []string
	Description string
	// Env is KEY=VALUE.
	Env []string
}

// Timer is an armed timer as systemd shows it.
type Timer struct {
	Name string
	// Armed tells that it is waiting to fire.
	Armed bool
	// Next is when it fires, exact to within a second; zero where it is not armed.
	Next time.Time
	// Firing tells that its service runs now.
	Firing bool
	// Service is the unit that it starts.
	Service Unit
}
