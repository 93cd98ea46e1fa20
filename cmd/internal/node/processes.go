package node

import (
	"fmt"
	"path"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/verify"
)

// procSlack is the precision of a start time from /proc: btime of /proc/stat is in whole seconds.
const procSlack = time.Second

// process finds the process of a daemon: in its unit, else by its name where only root can
// have started it. Nobody can put a process into a system unit but root.
func (s *sight) process(u systemd.Unit, program string) (verify.Fact[verify.Process], procfs.Process) {
	switch {
	case s.host.Processes == nil:
		return offline[verify.Process](), procfs.Process{}
	case u.MainPID != 0:
		return s.unitProcess(u, program)
	}
	return s.namedProcess(program)
}

// unitProcess is the unit's main process or, where that is a wrapper, the process below it
// that has the daemon's name.
func (s *sight) unitProcess(u systemd.Unit, program string) (verify.Fact[verify.Process], procfs.Process) {
	p, err := s.host.Processes.Process(u.MainPID)
	if err == nil && p.UID != 0 {
		err = fmt.Errorf("process %d was the main process of %s and is another user's now", p.PID, u.Name)
	}
	if err != nil {
		return unseen[verify.Process](err), procfs.Process{}
	}
	if !isNamed(p, program) {
		if child, ok := s.childNamed(u, program); ok {
			return processFact(child, program), child
		}
	}
	fact := processFact(p, program)
	if !u.ExecMainStart.IsZero() {
		// systemd knows the start to the microsecond.
		fact.Value.Start, fact.Value.Slack = u.ExecMainStart, 0
	}
	return fact, p
}

// childNamed is the only process of root's in the unit's control group with that name.
func (s *sight) childNamed(u systemd.Unit, program string) (found procfs.Process, ok bool) {
	members, err := s.host.Processes.InCgroup(u.ControlGroup)
	if err != nil {
		return found, false
	}
	for _, p := range members {
		if p.UID != 0 || !isNamed(p, program) {
			continue
		}
		if ok {
			return procfs.Process{}, false
		}
		found, ok = p, true
	}
	return found, ok
}

func isNamed(p procfs.Process, program string) bool {
	return path.Base(p.Exe) == program || len(p.Args) > 0 && path.Base(p.Args[0]) == program
}

// namedProcess is the only process with that name that can be believed.
func (s *sight) namedProcess(program string) (verify.Fact[verify.Process], procfs.Process) {
	named, err := s.host.Processes.Named(program)
	if err != nil {
		return unseen[verify.Process](err), procfs.Process{}
	}
	var believed []procfs.Process
	why := "no process named " + program + " is running"
	for _, p := range named {
		if err := s.host.Processes.Trusted(p); err != nil {
			why = err.Error()
			continue
		}
		believed = append(believed, p)
	}
	switch len(believed) {
	case 0:
		return verify.Unseen[verify.Process](why, ""), procfs.Process{}
	case 1:
		return processFact(believed[0], program), believed[0]
	}
	return verify.Unseen[verify.Process](fmt.Sprintf("%d processes are named %s, and no unit tells which is the node's", len(believed), program), "name the unit"), procfs.Process{}
}

func processFact(p procfs.Process, program string) verify.Fact[verify.Process] {
	return verify.Seen(verify.Process{PID: p.PID, Name: program, Start: p.Start, Slack: procSlack, Stopped: p.Stopped}, fmt.Sprintf("process %d", p.PID))
}
