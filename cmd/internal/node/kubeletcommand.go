package node

import (
	"context"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/verify/start"
)

const kubeletProgram = "kubelet"

// kubeletUnit finds the unit that starts the kubelet, how it does so, and the process.
func (s *sight) kubeletUnit(ctx context.Context) {
	k := &s.facts.Kubelet
	s.kubelet.unitName = s.options.KubeletUnit
	if s.kubelet.unitName == "" || s.kubelet.unitName == kubeletProgram+".service" {
		// On a platform such as k3s another unit runs the kubelet.
		s.kubelet.unitName = s.resolve(start.Request{Programs: []string{kubeletProgram}}, systemd.Unit{}).Unit
	}
	k.Unit, s.kubelet.unit = s.unit(ctx, s.unitName())
	k.Process, s.kubelet.process = s.process(s.kubelet.unit, kubeletProgram)
	s.kubelet.planned = s.resolve(start.Request{Programs: []string{kubeletProgram}, Unit: s.unitName()}, s.kubelet.unit)
}

func (s *sight) unitName() string { return s.kubelet.unitName }

// resolve asks how a unit starts its program. What systemd has loaded counts more than what
// the search path holds.
func (s *sight) resolve(r start.Request, loaded systemd.Unit) start.Command {
	r.Image = s.host.Offline
	if !r.Image {
		r.Host = s.hostSpecifiers()
	}
	if loaded.FragmentPath != "" && loaded.Load == "loaded" {
		r.Loaded = append([]string{loaded.FragmentPath}, loaded.DropInPaths...)
	}
	return start.Resolve(rootFS{s.host.Root}, r)
}

// commandLine decides what the kubelet starts with next time. The arguments of the running
// process are surest; the unit's files tell in which line each flag is written, and decide
// where they changed after the process started.
func (s *sight) commandLine() {
	k, src := &s.facts.Kubelet, &s.kubelet.sources
	planned, running := s.kubelet.planned, s.running(s.kubelet.process, kubeletProgram)
	src.unitProblems = planned.Problems
	from := planned.Unit
	switch {
	case running.Known() && running.Platform != "" && planned.Known():
		// Such a program hides its arguments, which may hold secrets, from /proc.
	case running.Known() && sameFlags(running, planned):
		// The words are those of the files, so the files tell where each is written.
		planned.Limit, from = nil, k.Process.From
	case running.Known() && planned.Known() && s.changedLater(planned):
		// The next start takes what the files say now.
	case running.Known():
		src.unitProblems = nil
		planned, from = running, k.Process.From
	case planned.Limit != nil:
		src.why, src.hint = s.whyNoCommand(planned.Limit)
		return
	}
	s.kubelet.command, src.from = planned, from
}

// whyNoCommand explains why it is not known how the kubelet starts. The usual file is named
// as what it is, an assumption; no verdict is made from it.
func (s *sight) whyNoCommand(limit *start.Limit) (why, hint string) {
	why, hint = limit.Reason, limit.Hint
	if at := limit.At.Location(); at != "" {
		why = at + ": " + why
	}
	if s.host.Offline && s.exists(defaultConfigFile) {
		why += "; " + defaultConfigFile + " exists, but whether the kubelet reads it is not known"
	}
	if process := s.facts.Kubelet.Process; !s.host.Offline && !process.Seen {
		why += "; " + process.Why
	}
	if hint == "" && s.options.KubeletUnit == "" && s.unitName() == kubeletProgram+".service" {
		hint = "name the unit that starts the kubelet with --kubelet-unit UNIT"
	}
	return why, hint
}

// running returns the command of a process.
func (s *sight) running(p procfs.Process, program string) start.Command {
	if len(p.Args) == 0 {
		return start.Command{}
	}
	return start.Process(rootFS{s.host.Root}, start.Running{
		Owner: fmt.Sprintf("process %d", p.PID), Args: p.Args, Env: p.Env, Directory: p.Cwd,
	}, program)
}

func sameFlags(a, b start.Command) bool {
	if len(a.Args) != len(b.Args) {
		return false
	}
	for i := 1; i < len(a.Args); i++ {
		if a.Args[i].Text != b.Args[i].Text && b.Args[i].Unknown == "" {
			return false
		}
	}
	return true
}

// changedLater reports whether one of the unit's own files changed after the process
// started; that counts as a change of the configuration.
func (s *sight) changedLater(planned start.Command) bool {
	later := false
	for _, file := range planned.Files {
		at := s.changed(file.Path)
		if after, certain := s.facts.Kubelet.Process.Value.StartedAfter(at); !after && certain {
			later = true
			s.kubeletChanged(at)
		}
	}
	return later
}
