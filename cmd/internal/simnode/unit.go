package simnode

import (
	"fmt"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// process is a program that a unit runs.
type process interface {
	// Stop ends it and waits for its end.
	Stop()
	Done() <-chan struct{}
	// ExitCode is valid after Done.
	ExitCode() int
}

// launcher starts the program of a unit; an error is a program that died before it was
// ready (units of Type=notify).
type launcher func(argv, env []string, pid int, run runOf) (process, error)

// runOf names one run of a unit, for its log lines.
type runOf struct{ unit, invocation, identifier string }

// unit is one systemd unit. Its lock is the one of its [unitTable].
type unit struct {
	name   string
	loaded unitText
	launch launcher
	now    systemd.Unit
	proc   process
	// serial counts runs, so that a late timer or watcher knows it is late.
	serial int
	// conditionFailed makes the next starts fail: "the runtime does not come back".
	broken string
}

// describe is the unit's state with what its files say.
func (u *unit) describe(root string) systemd.Unit {
	d := u.now
	d.Name = u.name
	switch {
	case !u.loaded.found:
		d.Load, d.FileState = "not-found", ""
	case u.loaded.masked:
		d.Load, d.FileState = "masked", "masked"
	default:
		d.Load, d.FileState = "loaded", "enabled"
	}
	d.Type, d.FragmentPath, d.DropInPaths = u.loaded.kind, u.loaded.fragment, u.loaded.dropIns
	d.ExecStart, d.Environment, d.EnvironmentFiles = u.loaded.execStart, u.loaded.environment, u.loaded.files
	d.ControlGroup = controlGroup(u.name)
	d.NeedDaemonReload = loadUnit(root, u.name).digest != u.loaded.digest
	return d
}

func controlGroup(unit string) string { return "/system.slice/" + unit }

// start begins a new run. Called with the table locked; it unlocks while the program of a
// notify unit gets ready.
func (t *unitTable) start(u *unit) error {
	if u.proc != nil {
		return nil
	}
	if u.loaded.masked || !u.loaded.found || len(u.loaded.execStart) == 0 {
		return &systemd.JobError{Unit: u.name, Verb: systemd.Start, Result: "failed"}
	}
	u.serial++
	serial := u.serial
	pid := t.nextPID()
	env := u.loaded.environ(t.root)
	argv := expand(u.loaded.execStart[len(u.loaded.execStart)-1], env)
	u.now.InvocationID = newHexID()
	u.now.Active, u.now.Sub, u.now.Result = "activating", "start", "success"
	u.now.MainPID, u.now.ExecMainStart = pid, t.clock()
	run := runOf{unit: u.name, invocation: u.now.InvocationID, identifier: u.identifier(argv)}
	t.processes.add(pid, controlGroup(u.name), argv, append(env, "INVOCATION_ID="+u.now.InvocationID), u.now.ExecMainStart)
	broken := u.broken
	t.mu.Unlock()
	proc, err := u.launch(argv, env, pid, run)
	if err == nil && broken != "" {
		proc.Stop()
		err = fmt.Errorf("%s", broken)
	}
	t.mu.Lock()
	if err != nil {
		t.processes.remove(pid)
		t.journal.append(entry{unit: u.name, invocation: run.invocation, identifier: run.identifier, transport: "stdout", pid: pid, priority: 6,
			message: fmt.Sprintf("time=%q level=fatal msg=%q", t.clock().Format(time.RFC3339Nano), err.Error())})
		t.ended(u, serial, 1)
		return &systemd.JobError{Unit: u.name, Verb: systemd.Start, Result: "failed"}
	}
	u.proc = proc
	u.now.Active, u.now.Sub, u.now.ActiveEnter = "active", "running", t.clock()
	t.journal.systemd(u.name, run.invocation, fmt.Sprintf("Started %s.", u.name))
	go t.watch(u, proc, serial)
	t.afterStart(u)
	return nil
}

func (u *unit) identifier(argv []string) string {
	if len(argv) == 0 {
		return u.name
	}
	return base(argv[0])
}

// stop ends the run. Called with the table locked.
func (t *unitTable) stop(u *unit) {
	u.serial++
	proc := u.proc
	u.proc = nil
	if proc != nil {
		u.now.Active, u.now.Sub = "deactivating", "stop-sigterm"
		t.journal.systemd(u.name, u.now.InvocationID, fmt.Sprintf("Stopping %s...", u.name))
		t.mu.Unlock()
		proc.Stop()
		t.mu.Lock()
		t.processes.remove(u.now.MainPID)
		t.journal.systemd(u.name, u.now.InvocationID, fmt.Sprintf("Stopped %s.", u.name))
	}
	u.now.Active, u.now.Sub, u.now.MainPID, u.now.Result = "inactive", "dead", 0, "success"
}

// watch notices a program that ends by itself.
func (t *unitTable) watch(u *unit, proc process, serial int) {
	<-proc.Done()
	code := proc.ExitCode()
	t.mu.Lock()
	defer t.mu.Unlock()
	if u.serial == serial && u.proc == proc {
		t.ended(u, serial, code)
	}
}

// ended is what systemd does with a run that ended unasked: note it, and start the unit
// again after RestartSec= where Restart= says so.
func (t *unitTable) ended(u *unit, serial, code int) {
	t.processes.remove(u.now.MainPID)
	u.proc = nil
	u.now.MainPID = 0
	words := map[int]string{1: "1/FAILURE", 2: "2/INVALIDARGUMENT"}
	if code != 0 {
		word := words[code]
		if word == "" {
			word = fmt.Sprintf("%d/n/a", code)
		}
		t.journal.systemd(u.name, u.now.InvocationID, fmt.Sprintf("%s: Main process exited, code=exited, status=%s", u.name, word))
		t.journal.systemd(u.name, u.now.InvocationID, fmt.Sprintf("%s: Failed with result 'exit-code'.", u.name))
		u.now.Result = "exit-code"
	}
	again := u.loaded.restart == "always" || u.loaded.restart == "on-failure" && code != 0
	if !again || t.closed {
		u.now.Active, u.now.Sub = "failed", "failed"
		if code == 0 {
			u.now.Active, u.now.Sub = "inactive", "dead"
		}
		return
	}
	u.now.Active, u.now.Sub = "activating", "auto-restart"
	time.AfterFunc(time.Duration(u.loaded.restartSeconds*float64(t.second)), func() { t.restartUnasked(u, serial) })
}

func (t *unitTable) restartUnasked(u *unit, serial int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || u.serial != serial || u.proc != nil {
		return
	}
	u.now.NRestarts++
	t.journal.systemd(u.name, u.now.InvocationID, fmt.Sprintf("%s: Scheduled restart job, restart counter is at %d.", u.name, u.now.NRestarts))
	// A start that fails has scheduled the next one itself.
	_ = t.start(u)
}
