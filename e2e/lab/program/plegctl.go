package program

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/plegctl/plegctl/e2e/lab/host"
	"github.com/plegctl/plegctl/e2e/lab/store"
)

// EnvBinary names the environment variable that puts a finished binary, such as
// a released one, on the nodes instead of the tree's own.
const EnvBinary = "PLEGCTL_E2E_BINARY"

// Plegctl builds the plegctl of the source tree that the suite lies in, by the
// same rule that makes a release, and returns the path of the binary. It is built anew in
// every run; Go's build cache makes that cheap.
func Plegctl(ctx context.Context, s *store.Store, tree string) (string, error) {
	if given := os.Getenv(EnvBinary); given != "" {
		return given, nil
	}
	bin := s.Path("plegctl")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", fmt.Errorf("make a directory for plegctl: %w", err)
	}
	path := filepath.Join(bin, "plegctl")
	_, err := host.Run(ctx, host.Command{
		Dir:  tree,
		Env:  []string{"GOWORK=off"},
		Name: "make",
		Args: []string{"--silent", "build", "BIN=" + path},
	})
	return path, err
}
