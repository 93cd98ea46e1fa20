package lifecycle

import "time"

// The time bounds of a change. Each has one line in [Bounds], which the documents print.
const (
	// Wait is how long a daemon may take to answer, and a level to be reached.
	Wait = time.Minute
	// Settle is how long the kubelet must keep its process.
	Settle = 6 * time.Second
	// Undo is longer than systemd's own 90 s for stopping a unit that hangs.
	Undo = 4 * time.Minute
	// Poll is the time between two looks at a unit or an answer, Attempt what one may take.
	Poll    = 100 * time.Millisecond
	Attempt = 2 * time.Second
	// Answer is what a kubelet or a runtime is given for all that one look asks of it.
	Answer = 3 * time.Second
	// LogRead bounds the reading of the kubelet's log. A log that is longer than can be read in
	// that time still shows what it shows; only the absence of a line means nothing then.
	LogRead = 10 * time.Second
	// Bus is for one answer of systemd that is not a job: while it reads its units anew it answers nobody.
	Bus = 10 * time.Second
	// LeastJob and MostJob bound a job of systemd's whose unit asks for less, or waits for ever;
	// Grace is how long a unit may take to show what systemd reported of it.
	LeastJob = 30 * time.Second
	MostJob  = 5 * time.Minute
	Grace    = 5 * time.Second
	// Program is for one run of a daemon's program (--version, a dump of its configuration).
	Program = 5 * time.Second
	// Reopen is the pause before an event stream is opened again.
	Reopen = time.Second
	// CleanUp is for the removal of the stimulus when its command has ended.
	CleanUp = 10 * time.Second
	// Observation is for one look at a node, Quick for that of status, and Hung is when status
	// answers without it: a file system that hangs knows no deadline.
	Observation = 30 * time.Second
	Quick       = 4 * time.Second
	Hung        = 4500 * time.Millisecond
	// Observe is the time between two observations of a node: most of it is not spent on
	// the kubelet.
	Observe = 500 * time.Millisecond
	// Drain is how long the runtime's backlog of events may take to read, while the kubelet is
	// stopped; after DrainSilence without an event it is read.
	Drain        = time.Second
	DrainSilence = 40 * time.Millisecond
	// Watch is the time between two looks of `status --watch`.
	Watch = 2 * time.Second
	// EventsCounted is how long after a pod sandbox is gone its events may be counted.
	EventsCounted = 5 * time.Second
	// CountEvery is the time between two lines that count the seconds of a stop or a start.
	CountEvery = 5 * time.Second
	// UnitLog is how long a failed unit's last error is waited for: systemd reports the
	// end of a process before journald has read what that process wrote last.
	UnitLog = 3 * time.Second
	// LogAge is how old the last error of a unit may be.
	LogAge = 5 * time.Minute
	// FlushProgress is how long the end of a command waits for a reader of its progress.
	FlushProgress = time.Second
	// LockWait is how long the revert waits for the lock.
	LockWait = 5 * time.Minute
	// SilentPipe is how long nothing may come out of a pipe that is read as a log.
	SilentPipe = 10 * time.Second
	// Retry is the time between two tries at the lock, RevertRetry between two reverts.
	Retry       = time.Second
	RevertRetry = 30 * time.Second
	// SharedDir is how long the answer of a change that nobody watched is kept.
	SharedDir = time.Hour
	// SeeOff is how long the state off is waited for, Look how long the look after a
	// failure may take.
	SeeOff = 10 * time.Second
	Look   = 10 * time.Second
	// Guard is when a change that was killed or frozen is undone.
	Guard = 2 * time.Minute
)

// Bound is one row of the table.
type Bound struct {
	Name  string
	Limit time.Duration
	What  string
}

// Bounds returns the table of time bounds.
func Bounds() []Bound {
	return []Bound{
		{"wait", Wait, "for the runtime, for the kubelet, for the level, each (--wait)"},
		{"settle", Settle, "that the kubelet keeps its process (--settle)"},
		{"undo", Undo, "for an automatic rollback"},
		{"poll", Poll, "between two looks at a unit or an answer"},
		{"attempt", Attempt, "for one answer of a daemon, in a change that waits for it"},
		{"answer", Answer, "for all answers of the kubelet, and of the runtime, to one look"},
		{"log", LogRead, "for the kubelet's log, of which the rest is then not read"},
		{"bus", Bus, "for one answer of systemd that is not a job"},
		{"least job", LeastJob, "for a job of systemd's, and more where its unit has a longer timeout"},
		{"most job", MostJob, "for a job of systemd's whose unit has none"},
		{"grace", Grace, "until a unit shows what systemd reported of it"},
		{"program", Program, "for one run of a daemon's program"},
		{"reopen", Reopen, "before an event stream is opened again"},
		{"clean-up", CleanUp, "for the removal of the stimulus at the end"},
		{"observation", Observation, "for one look at the node; what is not seen then is inconclusive"},
		{"quick", Quick, "for the look of status"},
		{"hung", Hung, "until status answers although a file system hangs"},
		{"observe", Observe, "between two observations of the node"},
		{"drain", Drain, "for the runtime's backlog of events"},
		{"drain silence", DrainSilence, "without an event, until the backlog is read"},
		{"watch", Watch, "between two looks of `status --watch`"},
		{"events counted", EventsCounted, "for the events of the stimulus"},
		{"count", CountEvery, "between two lines that count the seconds of a stop or a start"},
		{"unit log", UnitLog, "for the last error of a failed unit"},
		{"log age", LogAge, "since a unit's last error"},
		{"flush", FlushProgress, "for a reader of the progress, at the end"},
		{"lock", LockWait, "for the lock, by the revert"},
		{"retry", Retry, "between two tries at the lock"},
		{"silent pipe", SilentPipe, "for the next bytes of a log that is a pipe"},
		{"revert retry", RevertRetry, "between two tries of the revert"},
		{"shared directory", SharedDir, "until the answer of an unwatched change is removed"},
		{"see off", SeeOff, "until off is seen after a rollback"},
		{"look", Look, "for the state after a failure"},
		{"guard", Guard, "until a change that was killed or frozen is undone"},
	}
}
