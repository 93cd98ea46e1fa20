package pods_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/pods"
	"github.com/plegctl/plegctl/verify/report"
)

// node is a runtime with one pod, "default/web", that has two containers.
type node struct {
	sandboxes  []cri.Sandbox
	containers []cri.Container
	exits      map[string]cri.Exit
	fails      error
}

func (n *node) Sandboxes(context.Context, map[string]string) ([]cri.Sandbox, error) {
	return slices.Clone(n.sandboxes), n.fails
}

func (n *node) Containers(context.Context) ([]cri.Container, error) {
	return slices.Clone(n.containers), nil
}

func (n *node) Exit(_ context.Context, id string) (cri.Exit, error) { return n.exits[id], nil }

// started is the second at which the kubelet starts, of an hour that has begun at zero.
func started() time.Time { return time.Unix(3600, 0) }

func web() *node {
	return &node{
		sandboxes: []cri.Sandbox{{ID: "s1", UID: "u1", Namespace: "default", Name: "web", Ready: true}, {ID: "old", UID: "u1", Namespace: "default", Name: "web"}},
		containers: []cri.Container{
			{ID: "c1", SandboxID: "s1", Name: "nginx", State: "running"},
			{ID: "c2", SandboxID: "s1", Name: "log", State: "running", Attempt: 3},
			{ID: "c0", SandboxID: "s1", Name: "log", State: "exited", Attempt: 2},
		},
		exits: map[string]cri.Exit{},
	}
}

// restart ends a container and starts it anew.
func (n *node) restart(id string, exit cri.Exit) {
	for i, c := range n.containers {
		if c.ID == id {
			n.containers[i].State = "exited"
			n.exits[id] = exit
			c.ID, c.Attempt = id+"'", c.Attempt+1
			n.containers = append(n.containers, c)
		}
	}
}

func TestCompare(t *testing.T) {
	after := func(seconds int) time.Time { return started().Add(time.Duration(seconds) * time.Second) }
	const nginx, sandbox = "container nginx in default/web", "default/web (sandboxes s1, s2)"
	for name, c := range map[string]struct {
		change func(*node)
		want   report.Pods
	}{
		"nothing happened": {func(*node) {}, report.Pods{AsBefore: 1}},
		"started twice": {func(n *node) {
			n.sandboxes = append(n.sandboxes, cri.Sandbox{ID: "s2", UID: "u1", Namespace: "default", Name: "web", Ready: true, Attempt: 1})
		}, report.Pods{Twice: []string{sandbox}}},
		"sandbox made anew": {func(n *node) { n.sandboxes[0].ID = "s2" }, report.Pods{Restarted: []string{"the pod sandbox of default/web"}}},
		"container beside its old self": {func(n *node) {
			n.containers = append(n.containers, cri.Container{ID: "c3", SandboxID: "s1", Name: "nginx", State: "running"})
		}, report.Pods{Twice: []string{nginx}}},
		"killed by the kubelet": {func(n *node) {
			n.restart("c1", cri.Exit{Finished: after(2), Code: 137})
		}, report.Pods{Restarted: []string{nginx + " (exit code 137)"}}},
		"ended politely after a long life": {func(n *node) {
			n.restart("c1", cri.Exit{Finished: after(2), Code: 0})
		}, report.Pods{Restarted: []string{nginx + " (exit code 0)"}}},
		"short life": {func(n *node) {
			n.restart("c1", cri.Exit{Started: after(-60), Finished: after(2), Code: 0})
		}, report.Pods{Meanwhile: []string{nginx + " ended by itself (exit code 0) and was restarted"}}},
		"while no kubelet ran": {func(n *node) {
			n.restart("c1", cri.Exit{Finished: after(-1), Code: 137})
		}, report.Pods{Meanwhile: []string{nginx + " ended by itself (exit code 137) and was restarted"}}},
		"crashed": {func(n *node) {
			n.restart("c1", cri.Exit{Finished: after(2), Code: 1})
		}, report.Pods{Meanwhile: []string{nginx + " ended by itself (exit code 1) and was restarted"}}},
		"crashes all the time": {func(n *node) {
			n.restart("c2", cri.Exit{Finished: after(2), Code: 137})
		}, report.Pods{Meanwhile: []string{"container log in default/web ended by itself (exit code 137) and was restarted"}}},
		"a job's container ended": {func(n *node) { n.containers[0].State = "exited" }, report.Pods{Meanwhile: []string{nginx + " ended"}}},
		"deleted by the API":      {func(n *node) { n.sandboxes, n.containers = nil, nil }, report.Pods{Meanwhile: []string{"default/web ended"}}},
		"added by the API": {func(n *node) {
			n.sandboxes = append(n.sandboxes, cri.Sandbox{ID: "s9", UID: "u9", Namespace: "batch", Name: "job", Ready: true})
		}, report.Pods{AsBefore: 1, Meanwhile: []string{"batch/job was started"}}},
		"our own stimulus": {func(n *node) {
			n.sandboxes = append(n.sandboxes, cri.Sandbox{ID: "s9", UID: "u9", Ready: true, Labels: map[string]string{cri.StimulusLabel: "true"}})
		}, report.Pods{AsBefore: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			n := web()
			before, err := pods.Take(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			c.change(n)
			got, err := pods.Compare(t.Context(), n, before, started())
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// What was twice before is not the change's doing.
func TestTwiceBefore(t *testing.T) {
	n := web()
	n.sandboxes[1].Ready = true
	before, err := pods.Take(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pods.Compare(t.Context(), n, before, started())
	if want := (report.Pods{Meanwhile: []string{"default/web ran in 2 sandboxes before, and runs in 2"}}); err != nil || !cmp.Equal(want, got) {
		t.Errorf("%v %+v", err, got)
	}
}

func TestWhatCannotBeListedIsNotAsBefore(t *testing.T) {
	n := web()
	before, err := pods.Take(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	n.fails = errors.New("frozen")
	if _, err := pods.Compare(t.Context(), n, before, started()); !errors.Is(err, n.fails) {
		t.Errorf("got %v", err)
	}
	if _, err := pods.Take(t.Context(), n); !errors.Is(err, n.fails) {
		t.Errorf("got %v", err)
	}
}
