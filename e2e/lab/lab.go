// Package lab makes everything that nodes are laid together from, on a plain
// Debian machine: it installs, builds and keeps it. Start with [Prepare], then
// [node.Boot].
package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/host"
	"github.com/plegctl/plegctl/e2e/lab/image"
	"github.com/plegctl/plegctl/e2e/lab/node"
	"github.com/plegctl/plegctl/e2e/lab/program"
	"github.com/plegctl/plegctl/e2e/lab/rootfs"
	"github.com/plegctl/plegctl/e2e/lab/store"
)

// Prepare takes the store for this process until it ends, clears what an
// earlier, killed run left, and makes what the store does not hold yet. tree is
// the source tree of plegctl. What it makes, and how long that took, is told
// to w. Kubelets are built when a node first asks for one.
func Prepare(ctx context.Context, tree string, w io.Writer) (node.Parts, error) {
	var p node.Parts
	s, err := store.Open("")
	if err != nil {
		return p, err
	}
	if _, err := s.Lock(ctx); err != nil { // the kernel releases it at our end
		return p, err
	}
	p.Scratch = s.Path("nodes")
	node.CleanUp(p.Scratch)
	for _, step := range []struct {
		name string
		make func() error
	}{
		{"tools of this machine", func() error { return host.Install(ctx) }},
		{"debian", func() (err error) { p.Debian, err = rootfs.Debian(ctx, s); return err }},
		{"images", func() (err error) { p.Images, err = images(s, p.Debian); return err }},
		{"plegctl", func() (err error) { p.Plegctl, err = program.Plegctl(ctx, s, tree); return err }},
		{"containerd", func() (err error) { p.Containerd, err = program.Containerd(ctx, s); return err }},
	} {
		if err := timed(w, step.name, step.make); err != nil {
			return p, err
		}
	}
	p.Kubelet = func(ctx context.Context, version string) (dir string, err error) {
		err = timed(w, "kubelet "+version, func() error {
			dir, err = program.Kubelet(ctx, s, version)
			return err
		})
		return dir, err
	}
	return p, nil
}

// timed tells of a step that took long enough to wonder about.
func timed(w io.Writer, name string, do func() error) error {
	begin := time.Now()
	err := do()
	if took := time.Since(begin); took > time.Second {
		fmt.Fprintf(w, "e2e: made %s in %v\n", name, took.Round(100*time.Millisecond))
	}
	return err
}

func images(s *store.Store, debian string) (path string, err error) {
	path = s.Path("images.tar")
	f, err := os.Create(path)
	if err != nil {
		return "", fmt.Errorf("make the archive of images: %w", err)
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	return path, image.Archive(f, filepath.Join(debian, "bin/busybox"))
}
