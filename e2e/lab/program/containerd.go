package program

import (
	"context"
	"fmt"

	"github.com/plegctl/plegctl/e2e/lab/store"
)

// ContainerdVersion is the containerd that the nodes run.
const ContainerdVersion = "2.4.2"

// Containerd builds containerd, its runc shim and ctr, and returns the directory
// that holds them below usr/bin.
func Containerd(ctx context.Context, s *store.Store) (string, error) {
	const module = "github.com/containerd/containerd/v2"
	return s.Item(ctx, "containerd-"+ContainerdVersion, func(ctx context.Context, dir string) error {
		return build{
			module: fmt.Sprintf("module plegctl.invalid/containerd\n\ngo 1.26\n\nrequire %s v%s\n", module, ContainerdVersion),
			packages: []string{
				module + "/cmd/containerd",
				module + "/cmd/containerd-shim-runc-v2",
				module + "/cmd/ctr",
			},
			ldflags: "-X " + module + "/version.Version=v" + ContainerdVersion,
		}.into(ctx, dir)
	})
}
