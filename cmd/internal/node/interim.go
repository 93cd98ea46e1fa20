package node

import (
	"context"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/verify"
)

// Open is the machine that plegctl runs on, or the file system of an image below root.
func Open(root string, offline bool) (*Host, error) {
	r, err := hostfs.Open(root)
	if err != nil {
		return nil, err
	}
	h := &Host{Root: r, Offline: offline, Now: time.Now}
	if offline {
		return h, nil
	}
	h.Journal = journal.NewSystem(root)
	h.Processes = NewProc("/proc")
	h.BinaryVersion = binaryVersion
	return h, nil
}

func (s *sight) kubeletLog(context.Context) {
	s.facts.Kubelet.Log = verify.Unseen[verify.Log]("reading the log is not built yet", "")
}

func (s *sight) platform() verify.Fact[verify.Platform] {
	return verify.Unseen[verify.Platform]("not built yet", "")
}
