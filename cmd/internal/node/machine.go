package node

import (
	"context"
	"fmt"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/verify"
)

// machine looks at what is around the two programs.
func (s *sight) machine(ctx context.Context) {
	n := &s.facts.Node
	n.Hostname = s.hostname()
	n.Name = s.nodeName()
	n.Joined = s.joined()
	n.StaticPods = s.staticPods()
	n.Bus = s.bus(ctx)
	if s.options.Quick {
		return
	}
	n.Root = verify.Seen(s.host.Machine.Privileged(), "effective user")
	n.Disks = s.disks()
	n.ClockSynced = s.clock()
	n.APIServer = s.apiServer(ctx)
}

func (s *sight) hostname() verify.Fact[string] {
	if !s.host.Offline && s.host.Root.Path("/") == "/" {
		if name, err := os.Hostname(); err == nil {
			return verify.Seen(name, "hostname")
		}
	}
	data, err := s.host.Root.ReadFile("/etc/hostname")
	if err != nil {
		return unseen[string](err)
	}
	return verify.Seen(strings.TrimSpace(string(data)), "/etc/hostname")
}

// bus tells whether systemd answers: the question for the kubelet's unit has shown it.
func (s *sight) bus(context.Context) verify.Fact[string] {
	u := s.facts.Kubelet.Unit
	if u.Seen {
		return verify.Seen("answers over D-Bus", "systemd")
	}
	return verify.Unseen[string](u.Why, u.Hint)
}

// disks looks at the directories that a change would write to.
func (s *sight) disks() []verify.Disk {
	directories := []string{s.options.StateDir}
	in := s.facts.Kubelet.Inputs.Value
	if in.Config != nil {
		directories = append(directories, path.Dir(in.Config.Path))
	}
	if in.DropIns != nil {
		directories = append(directories, in.DropIns.Path)
	}
	seen := map[string]bool{"": true}
	var disks []verify.Disk
	for _, directory := range directories {
		directory = s.existing(directory)
		if !seen[directory] {
			seen[directory] = true
			disks = append(disks, s.disk(directory))
		}
	}
	return disks
}

// existing is the directory, or the nearest one above it that is there.
func (s *sight) existing(directory string) string {
	for directory != "" && directory != "/" && !s.exists(directory) {
		directory = path.Dir(directory)
	}
	return directory
}

func (s *sight) disk(directory string) verify.Disk {
	d := verify.Disk{Path: directory}
	here := s.host.Root.Path(directory)
	var fs unix.Statfs_t
	if err := unix.Statfs(here, &fs); err != nil {
		d.Why = fmt.Sprintf("statfs: %v", err)
		return d
	}
	d.FreeBytes = fs.Bavail * uint64(fs.Bsize)
	if fs.Flags&unix.ST_RDONLY != 0 {
		d.Why = "it is mounted read-only"
		return d
	}
	if err := unix.Access(here, unix.W_OK); err != nil {
		d.Why = err.Error()
		return d
	}
	d.Writable = true
	return d
}

func (s *sight) clock() verify.Fact[bool] {
	if s.host.Offline {
		return offline[bool]()
	}
	synced, err := s.host.Machine.ClockSynced()
	if err != nil {
		return unseen[bool](hint.With(fmt.Errorf("ask the kernel for its clock: %w", err), ""))
	}
	return verify.Seen(synced, "adjtimex")
}
