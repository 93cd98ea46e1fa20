package program

import (
	"context"
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/e2e/lab/store"
)

// Containerd builds a version of containerd, its runc shim and ctr, and returns the directory
// that holds them below usr/bin.
func Containerd(ctx context.Context, s *store.Store, version string) (string, error) {
	module := "github.com/containerd/containerd"
	if !strings.HasPrefix(version, "1.") {
		module += "/v2"
	}
	return s.Item(ctx, "containerd-"+version, func(ctx context.Context, dir string) error {
		return build{
			module: fmt.Sprintf("module plegctl.invalid/containerd\n\ngo 1.26\n\nrequire %s v%s\n", module, version),
			packages: []string{
				module + "/cmd/containerd",
				module + "/cmd/containerd-shim-runc-v2",
				module + "/cmd/ctr",
			},
			ldflags: "-X " + module + "/version.Version=v" + version,
		}.into(ctx, dir)
	})
}
