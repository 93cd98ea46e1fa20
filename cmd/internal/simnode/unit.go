package simnode

import (
	"fmt"
	"path"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// process is a program that a unit runs: Stop ends it and waits for its end; ExitCode is
// valid after Done.
type process interface {
	Stop()
	Done() <-chan struct{}
	ExitCode() int
}

// run is one run of a unit: what its program is given. say writes a line of its output.
type run struct {
	argv, env []string
	pid       int
	say       func(line string)
}

// launcher starts the program of a unit; an error is a program that died before it was
// ready (units of Type=notify).
type launcher func(run) (process, error)

// unit is one systemd unit. Its lock is the one of its [unitTable], with which all of its
// methods are called; those that start and stop its program unlock it meanwhile.
type unit struct {
	table  *unitTable
	name   string
	loaded unitText
	launch launcher
	now    systemd.Unit
	proc   process
	run    run
	// serial counts runs, so that a late timer or watcher knows it is late.
	serial int
}

// describe is the unit's state with what its files say.
func (u *unit) describe() systemd.Unit {
	d, l := u.now, u.loaded
	d.Type, d.FragmentPath, d.DropInPaths = l.kind, l.fragment, l.dropIns
	d.NeedDaemonReload = loadUnit(u.table.n.rootDir, u.name).text != l.text
	return d
}

// say writes what PID 1 says of the unit.
func (u *unit) say(format string, args ...any) {
	u.table.n.journal.systemd(u.name, u.now.InvocationID, fmt.Sprintf(format, args...))
}

func (u *unit) do(verb systemd.Verb) error {
	if verb != systemd.Start {
		u.stop()
	}
	if verb == systemd.Stop {
		return nil
	}
	u.now.NRestarts = 0
	if u.start() != nil { // the journal has why
		return &systemd.JobError{Unit: u.name, Verb: verb, Result: "failed"}
	}
	return nil
}

// start begins a new run, unless there is one.
func (u *unit) start() error {
	t := u.table
	if u.proc != nil {
		return nil
	}
	u.serial++
	serial := u.serial
	t.pid += 7
	u.now.InvocationID, u.now.MainPID, u.now.ExecMainStart = newHexID(), t.pid, t.n.now()
	u.now.Active, u.now.Sub, u.now.Result = "activating", "start", "success"
	env := u.loaded.environ(t.n.rootDir)
	argv := expand(u.loaded.execStart[len(u.loaded.execStart)-1], env)
	fields := fmt.Sprintf("_TRANSPORT=stdout\nSYSLOG_IDENTIFIER=%s\n_PID=%d\n_SYSTEMD_UNIT=%s\n_SYSTEMD_INVOCATION_ID=%s\n", path.Base(argv[0]), t.pid, u.name, u.now.InvocationID)
	u.run = run{argv: argv, env: append(env, "INVOCATION_ID="+u.now.InvocationID), pid: t.pid, say: func(line string) { t.n.journal.append(fields, line) }}
	t.mu.Unlock()
	proc, err := u.launch(u.run)
	t.mu.Lock()
	if err != nil {
		u.ended(serial, 1)
		return err
	}
	u.proc = proc
	u.now.Active, u.now.Sub = "active", "running"
	u.say("Started %s.", u.name)
	go func() { // a program that ends by itself
		<-proc.Done()
		t.mu.Lock()
		defer t.mu.Unlock()
		if u.serial == serial && u.proc == proc {
			u.ended(serial, proc.ExitCode())
		}
	}()
	for _, argv := range u.loaded.execStartPost {
		t.queue(argv)
	}
	return nil
}

// stop ends the run.
func (u *unit) stop() {
	u.serial++
	if proc := u.proc; proc != nil {
		u.proc = nil
		u.now.Active, u.now.Sub = "deactivating", "stop-sigterm"
		u.say("Stopping %s...", u.name)
		u.table.mu.Unlock()
		proc.Stop()
		u.table.mu.Lock()
		u.say("Stopped %s.", u.name)
	}
	u.now.Active, u.now.Sub, u.now.MainPID, u.now.Result = "inactive", "dead", 0, "success"
}

// ended is what systemd does with a run that ended unasked: note it, and start the unit
// again after RestartSec= where Restart= says so.
func (u *unit) ended(serial, code int) {
	t := u.table
	u.proc, u.now.MainPID = nil, 0
	u.now.Active, u.now.Sub = "inactive", "dead"
	if code != 0 {
		u.say("%s: Main process exited, code=exited, status=%s", u.name, map[int]string{1: "1/FAILURE", 2: "2/INVALIDARGUMENT", 255: "255/EXCEPTION"}[code])
		u.say("%s: Failed with result 'exit-code'.", u.name)
		u.now.Active, u.now.Sub, u.now.Result = "failed", "failed", "exit-code"
	}
	if u.loaded.restart != "always" && (u.loaded.restart != "on-failure" || code == 0) {
		return
	}
	u.now.Active, u.now.Sub = "activating", "auto-restart"
	time.AfterFunc(time.Duration(u.loaded.restartDelay.Seconds()*float64(t.n.opts.Second)), func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.closed || u.serial != serial || u.proc != nil {
			return
		}
		u.now.NRestarts++
		u.say("%s: Scheduled restart job, restart counter is at %d.", u.name, u.now.NRestarts)
		_ = u.start() // a start that fails has scheduled the next one itself
	})
}
