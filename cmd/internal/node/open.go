package node

import (
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// Open is the machine that plegctl runs on, or the file system of an image below root.
func Open(root string, offline bool) (*Host, error) {
	r, err := hostfs.Open(root)
	if err != nil {
		return nil, err
	}
	h := &Host{Root: r, Offline: offline, Now: time.Now, Machine: kernel{}}
	if offline {
		return h, nil
	}
	h.Units = systemd.New(systemd.Options{})
	h.Journal = journal.NewSystem(root)
	h.Processes = procfs.New("/proc", r)
	h.Programs = procfs.NewPrograms(r)
	return h, nil
}
