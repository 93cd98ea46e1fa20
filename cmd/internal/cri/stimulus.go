package cri

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
)

// StimulusLabel marks the pod sandboxes that plegctl made itself.
const StimulusLabel = "plegctl.io/stimulus"

// Stimulus is one pod sandbox that was run, stopped and removed.
type Stimulus struct {
	SandboxID, UID, Name string
	Image                string
	// Started, Stopped and Removed are by our own clock, after each call had answered.
	Started, Stopped, Removed time.Time
	// Leftovers is the number of sandboxes of earlier, interrupted runs that were
	// removed first.
	Leftovers int
}

// Stimulate runs one pod sandbox of our own on the host network, stops it and removes it,
// so that the runtime has events to send: containerd sends created, started, stopped and
// deleted, CRI-O started and stopped. No container is made and no image is pulled: where
// the pause image is missing it refuses.
//
// A running kubelet takes a sandbox that it does not know for an orphan and stops it
// within about 2 s (kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go), so stop and remove
// follow at once, and "gone already" is not a failure. Whatever happens, the sandbox is
// removed before it returns.
func (c *Client) Stimulate(ctx context.Context, now func() time.Time) (s Stimulus, err error) {
	if s.Leftovers, err = c.RemoveLeftovers(ctx); err != nil {
		return s, fmt.Errorf("remove sandboxes of an earlier run: %w", err)
	}
	if s.Image, err = c.requirePauseImage(ctx); err != nil {
		return s, err
	}
	s.UID = newUID()
	s.Name = "plegctl-stimulus-" + s.UID[:8]
	defer func() {
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), lifecycle.CleanUp)
		defer cancel()
		if err != nil {
			_, again := c.RemoveLeftovers(clean)
			err = errors.Join(err, again)
		}
	}()
	if s.SandboxID, err = c.RunSandbox(ctx, stimulusConfig(s.Name, s.UID)); err != nil {
		return s, err
	}
	s.Started = now()
	if err = ignoreGone(c.StopSandbox(ctx, s.SandboxID)); err != nil {
		return s, err
	}
	s.Stopped = now()
	if err = ignoreGone(c.RemoveSandbox(ctx, s.SandboxID)); err != nil {
		return s, err
	}
	s.Removed = now()
	return s, nil
}

// RemoveLeftovers stops and removes every sandbox with our label and returns how many
// there were.
func (c *Client) RemoveLeftovers(ctx context.Context) (int, error) {
	left, err := c.Sandboxes(ctx, map[string]string{StimulusLabel: "true"})
	if err != nil {
		return 0, err
	}
	for _, one := range left {
		// Stop first, always: CRI-O sends no stopped event from a removal.
		if err := ignoreGone(c.StopSandbox(ctx, one.ID)); err != nil {
			return 0, err
		}
		if err := ignoreGone(c.RemoveSandbox(ctx, one.ID)); err != nil {
			return 0, err
		}
	}
	return len(left), nil
}

func (c *Client) requirePauseImage(ctx context.Context) (string, error) {
	image, err := c.PauseImage(ctx)
	if err != nil {
		return "", fmt.Errorf("find the pause image: %w", err)
	}
	if image == "" {
		// containerd before 1.7.3 pins nothing; a node that runs pods has the image.
		return "", nil
	}
	present, err := c.ImagePresent(ctx, image)
	if err != nil {
		return "", err
	}
	if !present {
		return "", hint.With(fmt.Errorf("the pause image %s is not on this node", image), "pull it first: crictl pull "+image)
	}
	return image, nil
}

// stimulusConfig: host network skips CNI in both runtimes; the container PID namespace
// lets CRI-O do without a pause process; cgroup parent and log directory stay empty, which
// both accept (containerd v2.3.4 sandbox_run.go, cri-o v1.36.3 sandbox_run_linux.go).
func stimulusConfig(name, uid string) *runtimeapi.PodSandboxConfig {
	return &runtimeapi.PodSandboxConfig{
		Metadata: &runtimeapi.PodSandboxMetadata{Name: name, Namespace: "plegctl", Uid: uid},
		Labels:   map[string]string{StimulusLabel: "true", "io.kubernetes.pod.uid": uid, "io.kubernetes.pod.name": name, "io.kubernetes.pod.namespace": "plegctl"},
		Linux: &runtimeapi.LinuxPodSandboxConfig{
			SecurityContext: &runtimeapi.LinuxSandboxSecurityContext{
				NamespaceOptions: &runtimeapi.NamespaceOption{
					Network: runtimeapi.NamespaceMode_NODE,
					Pid:     runtimeapi.NamespaceMode_CONTAINER,
				},
			},
		},
	}
}

func ignoreGone(err error) error {
	if KindOf(err) == KindNotFound {
		return nil
	}
	return err
}

// newUID is a random UUID (version 4), so that no real pod has it.
func newUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails (Go 1.24 on)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
