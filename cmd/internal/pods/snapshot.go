package pods

import (
	"context"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
)

// Runtime is asked for its pods; a [cri.Client] is one.
type Runtime interface {
	Sandboxes(ctx context.Context, labels map[string]string) ([]cri.Sandbox, error)
	Containers(ctx context.Context) ([]cri.Container, error)
	Exit(ctx context.Context, container string) (cri.Exit, error)
}

// Snapshot is what a runtime runs at one moment.
type Snapshot struct {
	// ready are the ready sandboxes of each pod, by its UID; they may be several only where
	// something went wrong.
	ready      map[string][]cri.Sandbox
	containers map[string]cri.Container
}

// Take lists the ready pod sandboxes and all containers. The sandboxes of plegctl's own
// stimulus are nobody's pods.
func Take(ctx context.Context, r Runtime) (Snapshot, error) {
	s := Snapshot{ready: map[string][]cri.Sandbox{}, containers: map[string]cri.Container{}}
	sandboxes, err := r.Sandboxes(ctx, nil)
	if err != nil {
		return s, err
	}
	for _, one := range sandboxes {
		if one.Ready && one.Labels[cri.StimulusLabel] == "" {
			s.ready[one.UID] = append(s.ready[one.UID], one)
		}
	}
	containers, err := r.Containers(ctx)
	for _, one := range containers {
		s.containers[one.ID] = one
	}
	return s, err
}

// running are the containers that run in the sandbox.
func (s Snapshot) running(sandbox string) (list []cri.Container) {
	for _, c := range s.containers {
		if c.SandboxID == sandbox && c.State == "running" {
			list = append(list, c)
		}
	}
	return list
}

// started lists the containers with that name in the sandbox that an earlier snapshot does
// not have.
func (s Snapshot) started(sandbox, name string, before Snapshot) (list []cri.Container) {
	for _, c := range s.containers {
		if _, old := before.containers[c.ID]; !old && c.SandboxID == sandbox && c.Name == name {
			list = append(list, c)
		}
	}
	return list
}

// longLived is how long a container must have run for its end with exit code 0, just after
// the kubelet's start, to be no coincidence: many programs end so when they get SIGTERM.
const longLived = 10 * time.Minute

// byItself reports whether a container ended for a reason of its own: while no kubelet ran
// that could have ended it, as it had ended before, or other than by the signals with which
// a kubelet ends containers (SIGTERM, then SIGKILL).
func byItself(c cri.Container, exit cri.Exit, kubelet time.Time) bool {
	const term, kill = 128 + 15, 128 + 9
	switch {
	case c.Attempt > 0, exit.Finished.Before(kubelet):
		return true
	case exit.Code == 0:
		return exit.Finished.Sub(exit.Started) < longLived
	}
	return exit.Code != term && exit.Code != kill
}
