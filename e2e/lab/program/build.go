// Package program builds the programs of a node from their Go modules: kubelets
// of several versions, containerd with its shim and ctr, and plegctl itself.
//
// Each is built in a small module of its own, made in the store, so that none
// of their dependencies is known to the module of the suite or of plegctl.
package program

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/plegctl/plegctl/e2e/lab/host"
)

// build is one go build in a module of its own. The results go to usr/bin below
// the item, so that an item can be laid over a root file system as it is.
type build struct {
	module   string // the text of its go.mod
	main     string // the text of its main.go; empty where packages are all of other modules
	packages []string
	ldflags  string
}

// into runs the build. It gives way to whatever else runs here: a cold build of
// a kubelet keeps two cores busy for five minutes.
func (b build) into(ctx context.Context, dir string) error {
	bin := filepath.Join(dir, "usr", "bin")
	src := filepath.Join(dir, ".src")
	for _, d := range []string{bin, src} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return fmt.Errorf("make a directory for the build: %w", err)
		}
	}
	if err := os.WriteFile(filepath.Join(src, "go.mod"), []byte(b.module), 0o644); err != nil {
		return fmt.Errorf("write the build's go.mod: %w", err)
	}
	if b.main != "" {
		if err := os.WriteFile(filepath.Join(src, "main.go"), []byte(b.main), 0o644); err != nil {
			return fmt.Errorf("write the build's main.go: %w", err)
		}
	}
	args := []string{"-n", "10", "go", "build", "-trimpath", "-ldflags", "-s -w " + b.ldflags, "-o", bin + "/"}
	_, err := host.Run(ctx, host.Command{
		Dir:  src,
		Env:  []string{"CGO_ENABLED=0", "GOFLAGS=-mod=mod -buildvcs=false", "GOTOOLCHAIN=local", "GOWORK=off"},
		Name: "nice",
		Args: append(args, b.packages...),
	})
	if err != nil {
		return err
	}
	return os.RemoveAll(src)
}
