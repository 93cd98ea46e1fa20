package e2e

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/host"
	"github.com/plegctl/plegctl/e2e/lab/image"
	"github.com/plegctl/plegctl/e2e/lab/node"
	"github.com/plegctl/plegctl/e2e/lab/program"
	"github.com/plegctl/plegctl/e2e/lab/rootfs"
	"github.com/plegctl/plegctl/e2e/lab/store"
)

// kubelets are the versions that the suite runs, oldest first: the last of the
// old texts, the last of the old design, and the new design.
func kubelets() []string { return []string{"1.34.4", "1.36.3", "1.37.2"} }

// lab makes everything that nodes are laid together from, once a run.
var lab = sync.OnceValues(func() (node.Parts, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Minute)
	defer cancel()
	return prepare(ctx)
})

func prepare(ctx context.Context) (node.Parts, error) {
	var p node.Parts
	s, err := store.Open("")
	if err != nil {
		return p, err
	}
	if _, err := s.Lock(ctx); err != nil { // released by our end
		return p, err
	}
	p.Scratch = s.Path("nodes")
	node.CleanUp(p.Scratch)
	if err := host.Install(ctx); err != nil {
		return p, err
	}
	step := func(name string, do func() error) {
		if err != nil {
			return
		}
		begin := time.Now()
		err = do()
		fmt.Printf("e2e: ready: %s (%v)\n", name, time.Since(begin).Round(100*time.Millisecond))
	}
	step("debian", func() (err error) { p.Debian, err = rootfs.Debian(ctx, s); return })
	step("images", func() (err error) {
		p.Images = s.Path("images.tar")
		f, err := os.Create(p.Images)
		if err != nil {
			return err
		}
		defer f.Close()
		return image.Archive(f, filepath.Join(p.Debian, "bin/busybox"))
	})
	step("plegctl", func() (err error) { p.Plegctl, err = program.Plegctl(ctx, s, ".."); return })
	step("containerd "+program.ContainerdVersion, func() (err error) { p.Containerd, err = program.Containerd(ctx, s); return })
	p.Kubelet = func(ctx context.Context, version string) (string, error) { return program.Kubelet(ctx, s, version) }
	return p, err
}

func TestMain(m *testing.M) {
	if why := host.WhyNot(); why != "" {
		fmt.Println("skip: " + why)
		if os.Getenv("CI") == "true" {
			fmt.Println("FAIL: CI must run the real nodes")
			os.Exit(1)
		}
		os.Exit(0)
	}
	// Nodes die with this process; what an interrupt leaves is empty folders,
	// and the next run removes them.
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		fmt.Println("e2e: interrupted")
		os.Exit(130)
	}()
	os.Exit(m.Run())
}

// boot boots a node for one case and stops it at the case's end. A failed case
// prints what the node's journal said last.
func boot(t *testing.T, spec node.Spec) *node.Node {
	t.Helper()
	parts, err := lab()
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	n, err := node.Boot(t.Context(), parts, spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			t.Logf("the node's journal:\n%s", n.Run(ctx, "journalctl --no-pager -o short-precise -n 80 | cut -c1-300").Stdout)
		}
		n.Stop()
	})
	if err := n.AwaitKubelet(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s with kubelet %s was ready after %v", n.Name, spec.Kubelet, time.Since(begin).Round(100*time.Millisecond))
	return n
}

// nodeName makes a name that a host may have from a test's name.
func nodeName(t *testing.T) string {
	return strings.ToLower(strings.NewReplacer("/", "-", ".", "-", "_", "-").Replace(strings.TrimPrefix(t.Name(), "Test")))
}
