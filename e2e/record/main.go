// Record writes the recordings of one kubelet version: for each case the
// journal of one real kubelet run, and what that kubelet's metrics said of the
// PLEG at its end. Tests of logscan and of the simulated node are held against
// them, so a new Kubernetes minor starts here.
//
//	go run ./record -kubelet 1.37.2 -out DIR
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/plegctl/plegctl/e2e/lab"
	"github.com/plegctl/plegctl/e2e/lab/host"
	"github.com/plegctl/plegctl/e2e/lab/node"
)

func main() {
	version := flag.String("kubelet", "", "kubelet `version`, such as 1.37.2")
	out := flag.String("out", "", "`directory` for the recordings")
	run := flag.Duration("run", 30*time.Second, "how long each kubelet is recorded")
	only := flag.String("only", "", "record only the cases whose name contains `text`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := record(ctx, recorder{version: strings.TrimPrefix(*version, "v"), out: *out, run: *run}, *only)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func record(ctx context.Context, r recorder, only string) error {
	if r.version == "" || r.out == "" {
		return fmt.Errorf("say -kubelet VERSION and -out DIR")
	}
	if why := host.WhyNot(); why != "" {
		return fmt.Errorf("this machine cannot run a node: %s", why)
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return fmt.Errorf("make the directory of the recordings: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	parts, err := lab.Prepare(ctx, "..", os.Stderr)
	if err != nil {
		return err
	}
	for _, c := range cases() {
		if !strings.Contains(c.name, only) {
			continue
		}
		name, err := r.one(ctx, parts, c)
		if err != nil {
			return fmt.Errorf("record %s: %w", c.name, err)
		}
		fmt.Println(name)
	}
	return nil
}

// recording is one case: how the node is set up, and what is done to it.
type recording struct {
	name    string
	spec    node.Spec
	restart bool // the runtime restarts under the kubelet
}

// cases are those of containerd. CRI-O cannot be built from a Go module, so its
// recordings come from the simulated node.
func cases() []recording {
	off := false
	return []recording{
		{name: "unset-v2", spec: node.Spec{Verbosity: 2}},
		{name: "false-v4", spec: node.Spec{Verbosity: 4, Gate: &off}},
		{name: "on-v0", spec: node.Spec{Gate: node.On()}},
		{name: "on-v2", spec: node.Spec{Verbosity: 2, Gate: node.On()}},
		{name: "on-v4", spec: node.Spec{Verbosity: 4, Gate: node.On()}},
		{name: "on-json-v4", spec: node.Spec{Verbosity: 4, Gate: node.On(), JSONLog: true}},
		{name: "restart-v0", spec: node.Spec{Gate: node.On()}, restart: true},
		{name: "restart-v4", spec: node.Spec{Verbosity: 4, Gate: node.On()}, restart: true},
		{name: "restart-json-v2", spec: node.Spec{Verbosity: 2, Gate: node.On(), JSONLog: true}, restart: true},
	}
}
