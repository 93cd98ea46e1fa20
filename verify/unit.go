package verify

import "time"

// Unit is a systemd unit at one moment, as systemd shows it over D-Bus. A property that
// this systemd does not have keeps its zero value.
type Unit struct {
	// Name is the unit's own name: "kubelet.service" also where an alias was asked for.
	Name string
	// Load is Load: "loaded", "masked", "bad-setting", "error".
	Load string
	// Active is Active: "active", "reloading", "inactive", "failed", "activating",
	// "deactivating", "maintenance". Sub is Sub: "running", "exited", "dead",
	// "auto-restart", "start", ….
	Active, Sub string
	// Type is the service's Type=: "notify", "simple", "exec", "oneshot", "forking";
	// "" for what is not a service.
	Type string
	// StartTimeout and StopTimeout are TimeoutStartSec= and TimeoutStopSec=; negative means
	// that systemd waits forever (CRI-O's unit does for its start).
	StartTimeout, StopTimeout time.Duration

	FragmentPath string
	DropInPaths  []string
	// NeedDaemonReload reports whether a unit file or drop-in changed since systemd read it. The
	// first unit drop-in in a new directory is not noticed (seen with systemd 252, which looks
	// only into directories that it knew at its last reload): compare DropInPaths with the files.
	NeedDaemonReload bool
	// Masked reports whether the unit cannot be started because it is masked.
	Masked bool

	// InvocationID names one run of the unit, 32 hex digits; "" where it never ran.
	InvocationID string
	// MainPID is 0 where no main process runs.
	MainPID int
	// NRestarts counts automatic restarts since the last start by hand (systemd 235 on).
	NRestarts int
	// Result is how the last run ended: "success", "exit-code", "signal", "core-dump",
	// "timeout", "start-limit-hit", ….
	Result string
	// ExitCode is how the last main process ended, in the sense of waitid's si_code: 1
	// exited, 2 killed, 3 dumped; ExitStatus its exit status or signal.
	ExitCode, ExitStatus int
	// ExecMainStart is when the last main process started; zero where none ever did.
	ExecMainStart time.Time

	// ControlGroup is the path of the unit's control group below the hierarchy's root.
	ControlGroup string
	// Job is the queued job's number, 0 where none is queued.
	Job int
}

// Running reports whether the unit is up. "reloading" counts: the process is there.
func (u Unit) Running() bool { return u.Active == "active" || u.Active == "reloading" }

// Down reports whether the unit has no process of its own any more. "failed" counts: CRI-O may
// die in its own shutdown (cri-o/cri-o#6626, cri-o/cri-o#8031) and is down all the same.
func (u Unit) Down() bool { return u.Active == "inactive" || u.Active == "failed" }

// state is Active and Sub in words: "activating (auto-restart)".
func (u Unit) state() string {
	if u.Sub == "" {
		return u.Active
	}
	return u.Active + " (" + u.Sub + ")"
}
