// Package e2e proves plegctl on real nodes: systemd, journald, D-Bus,
// containerd and kubelets of three minors. Run it with
//
//	make e2e
//
// as root on Debian. The first run builds everything (half an hour on two
// cores), the next ones start in seconds.
//
//	PLEGCTL_E2E_CACHE    where what was built is kept (default ~/.cache/plegctl-e2e)
//	PLEGCTL_E2E_BINARY   a finished plegctl to test instead of the tree's own
package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab"
	"github.com/plegctl/plegctl/e2e/lab/host"
	"github.com/plegctl/plegctl/e2e/lab/node"
	"github.com/plegctl/plegctl/e2e/lab/store"
)

// kubelets are the versions that the suite runs, oldest first: old log texts,
// the last of the old design, and the new design.
func kubelets() []string { return []string{"1.34.4", "1.36.3", "1.37.2"} }

// moreKubelets are those of `make e2e-all`. The module proxy serves them by name, though it
// does not list them. Of 1.38.0-alpha.0 it lacks k8s.io/cri-streaming.
func moreKubelets() []string {
	if os.Getenv(envAll) == "" {
		return kubelets()
	}
	return append(kubelets(), "1.35.8", "1.36.5")
}

// base is a node with systemd alone, parts the whole lab. Each is made once a run, by the
// case that first needs it.
var base = sync.OnceValues(func() (lab.Base, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	return lab.Open(ctx, os.Stdout)
})

var parts = sync.OnceValues(func() (node.Parts, error) {
	b, err := base()
	if err != nil {
		return b.Parts, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	return b.Complete(ctx, "..", os.Stdout)
})

func TestMain(m *testing.M) {
	if why := host.WhyNot(); why != "" {
		fmt.Println("skip: " + why)
		if os.Getenv("CI") == "true" {
			fmt.Println("FAIL: CI must run the real nodes")
			os.Exit(1)
		}
		os.Exit(0)
	}
	// Nodes die with this process. What an interrupt leaves is directories, and the
	// next run removes them.
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		fmt.Println("e2e: interrupted")
		os.Exit(130)
	}()
	sideBySide("3")
	os.Exit(m.Run())
}

// sideBySide lets that many nodes run at once, unless -parallel says otherwise:
// they wait more than they work.
func sideBySide(nodes string) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen {
		_ = flag.Set("test.parallel", nodes)
	}
}

// envAll runs the cases that `make e2e` leaves out for their time.
const envAll = "PLEGCTL_E2E_ALL"

// long leaves a case to `make e2e-all`.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv(envAll) == "" {
		t.Skip("make e2e-all runs it")
	}
}

// boot boots a node for one case, waits for its pods, and stops it at the
// case's end. A failed case shows what the node's journal said last.
func boot(t *testing.T, spec node.Spec) *node.Node {
	t.Helper()
	p, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	spec.Name = nodeName(t)
	n, err := node.Boot(t.Context(), p, spec)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	t.Cleanup(func() { ended(t, n, begin) })
	if err := n.AwaitKubelet(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n
}

// ended stops a case's node and prints how the case went.
func ended(t *testing.T, n *node.Node, begin time.Time) {
	verdict := "ok"
	if t.Failed() {
		verdict = "FAILED"
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		t.Logf("the node's console:\n%s\nthe node's journal:\n%s", n.Console(), n.Run(ctx, "journalctl --no-pager -o short-precise -n 60 | cut -c1-240").Stdout)
	}
	n.Stop()
	fmt.Printf("e2e: %-44s %-6s %6.1fs\n", t.Name(), verdict, time.Since(begin).Seconds())
}

// nodeName makes a name that a host may have from a test's name: short enough
// for a host name, and unique by its tail.
func nodeName(t *testing.T) string {
	name := strings.ToLower(strings.NewReplacer("/", "-", ".", "-", "_", "-").Replace(strings.TrimPrefix(t.Name(), "Test")))
	if len(name) <= 40 {
		return name
	}
	return name[:32] + "-" + store.Key(name)[:7]
}

// await polls until try holds, and ends the case when it does not within limit.
func await(t *testing.T, limit time.Duration, what string, try func(ctx context.Context) error) {
	t.Helper()
	if err := node.Poll(t.Context(), limit, try); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
