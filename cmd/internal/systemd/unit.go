package systemd

import "time"

// Unit is a systemd unit at one moment, as systemd shows it over D-Bus. A property that
// this systemd does not have keeps its zero value.
type Unit struct {
	// Name is the unit's own name: "kubelet.service" also where an alias was asked for.
	Name string
	// Load is LoadState: "loaded", "masked", "bad-setting", "error".
	Load string
	// Active is ActiveState: "active", "reloading", "inactive", "failed", "activating",
	// "deactivating", "maintenance". Sub is SubState: "running", "exited", "dead",
	// "auto-restart", "start", ….
	Active, Sub string
	// FileState is UnitFileState: "enabled", "disabled", "static", "masked", "transient";
	// "" where there is no file.
	FileState string
	// Type is the service's Type=: "notify", "simple", "exec", "oneshot", "forking";
	// "" for what is no service.
	Type string
	// Restart is the service's Restart=: "no", "always", "on-failure", …; RestartDelay its
	// RestartSec=.
	Restart      string
	RestartDelay time.Duration
	// StartTimeout and StopTimeout are TimeoutStartSec= and TimeoutStopSec=; negative means
	// that systemd waits for ever (CRI-O's unit does for its start).
	StartTimeout, StopTimeout time.Duration

	FragmentPath string
	DropInPaths  []string
	// NeedDaemonReload tells that a unit file or drop-in changed since systemd read it. The
	// first unit drop-in in a new folder is not noticed (seen with systemd 252, which looks
	// only into folders that it knew at its last reload): compare DropInPaths with the files.
	NeedDaemonReload bool
	// Masked tells that the unit cannot be started because it is masked.
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
	// ActiveEnter is when the unit last became active; ExecMainStart and ExecMainExit when
	// the last main process started and ended. Zero where that never happened.
	ActiveEnter, ExecMainStart, ExecMainExit time.Time

	// ExecStart holds one argument list for each ExecStart= line, program first. Unit
	// specifiers are resolved, ${VARIABLES} are not.
	ExecStart [][]string
	// Environment is Environment= as KEY=VALUE; EnvironmentFiles is EnvironmentFile= in order.
	Environment      []string
	EnvironmentFiles []EnvironmentFile
	// ControlGroup is the path of the unit's control group below the hierarchy's root.
	ControlGroup string
	// Job is the queued job's number, 0 where none is queued.
	Job int
}

// EnvironmentFile is one EnvironmentFile= line.
type EnvironmentFile struct {
	Path string
	// Optional is the leading "-": a missing file is no error.
	Optional bool
}

// Running tells that the unit is up. "reloading" counts: the process is there.
func (u Unit) Running() bool { return u.Active == "active" || u.Active == "reloading" }

// Down tells that the unit has no process of its own any more. "failed" counts: CRI-O may
// die in its own shutdown (cri-o/cri-o#6626, cri-o/cri-o#8031) and is down all the same.
func (u Unit) Down() bool { return u.Active == "inactive" || u.Active == "failed" }

// Verb is what is done to a unit.
type Verb string

// The verbs. Start does nothing to a unit that is up.
const (
	Start   Verb = "start"
	Stop    Verb = "stop"
	Restart Verb = "restart"
)
