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

// Base is what every node needs: the store, and a Debian with systemd.
type Base struct {
	store *store.Store
	Parts node.Parts
}

// Open takes the store for this process until it ends, clears what an earlier, killed run
// left, and makes a Debian when the store does not hold it yet. What it makes, and how long
// that took, is told to w.
func Open(ctx context.Context, w io.Writer) (Base, error) {
	var b Base
	s, err := store.Open("")
	if err != nil {
		return b, err
	}
	if _, err := s.Lock(ctx); err != nil { // the kernel releases it at our end
		return b, err
	}
	b.store, b.Parts.Scratch = s, s.Path("nodes")
	node.CleanUp(b.Parts.Scratch)
	if err := timed(w, "tools of this machine", func() error { return host.Install(ctx) }); err != nil {
		return b, err
	}
	err = timed(w, "debian", func() (err error) { b.Parts.Debian, err = rootfs.Debian(ctx, s); return err })
	return b, err
}

// Prepare is [Open] and [Base.Complete].
func Prepare(ctx context.Context, tree string, w io.Writer) (node.Parts, error) {
	b, err := Open(ctx, w)
	if err != nil {
		return b.Parts, err
	}
	return b.Complete(ctx, tree, w)
}

// Complete makes what a node with a kubelet needs. tree is the source tree of plegctl.
// Kubelets and runtimes are built when a node first asks for one.
func (b Base) Complete(ctx context.Context, tree string, w io.Writer) (node.Parts, error) {
	p, s := b.Parts, b.store
	for _, step := range []struct {
		name string
		make func() error
	}{
		{"images", func() (err error) { p.Images, err = images(s, p.Debian); return err }},
		{"plegctl", func() (err error) { p.Plegctl, err = program.Plegctl(ctx, s, tree); return err }},
	} {
		if err := timed(w, step.name, step.make); err != nil {
			return p, err
		}
	}
	p.Kubelet = b.maker(w, "kubelet", program.Kubelet)
	p.Containerd = b.maker(w, "containerd", program.Containerd)
	return p, nil
}

// maker makes a program when a node first asks for it.
func (b Base) maker(w io.Writer, name string, build func(context.Context, *store.Store, string) (string, error)) node.Maker {
	return func(ctx context.Context, version string) (dir string, err error) {
		err = timed(w, name+" "+version, func() error {
			dir, err = build(ctx, b.store, version)
			return err
		})
		return dir, err
	}
}

// ControlPlane makes what a cluster needs besides nodes and returns the directories that hold it.
func (b Base) ControlPlane(ctx context.Context, w io.Writer, version string) (layers []string, err error) {
	err = timed(w, "control plane "+version, func() error {
		etcd, err := program.Etcd(ctx, b.store)
		if err != nil {
			return err
		}
		plane, err := program.ControlPlane(ctx, b.store, version)
		layers = []string{plane, etcd}
		return err
	})
	return layers, err
}

// HasControlPlane reports whether [Base.ControlPlane] has nothing to build.
func (b Base) HasControlPlane(version string) bool { return program.HasControlPlane(b.store, version) }

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
