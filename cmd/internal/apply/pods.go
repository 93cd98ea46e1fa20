package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/pods"
	"github.com/plegctl/plegctl/verify/report"
)

// podWatch is what ran on the node before a transaction restarted anything.
type podWatch struct {
	taken   bool
	before  pods.Snapshot
	unknown error
	// kubelet is when the kubelet was started first.
	kubelet time.Time
}

// watchPods lists the pods once, before the first unit is stopped, started or restarted.
// What cannot be listed does not stop the change: the answer says so.
func (t *Transaction) watchPods(ctx context.Context) {
	if t.pods.taken {
		return
	}
	t.pods.taken = true
	t.pods.unknown = t.askPods(ctx, func(ctx context.Context, r pods.Runtime) (err error) {
		t.pods.before, err = pods.Take(ctx, r)
		return err
	})
}

// Pods compares the pods with those before the first restart; nil where nothing was restarted.
func (t *Transaction) Pods(ctx context.Context) *report.Pods {
	if !t.pods.taken {
		return nil
	}
	var found report.Pods
	err := t.pods.unknown
	if err == nil {
		err = t.askPods(ctx, func(ctx context.Context, r pods.Runtime) (err error) {
			found, err = pods.Compare(ctx, r, t.pods.before, t.pods.kubelet)
			return err
		})
	}
	if err != nil {
		found.Unknown = strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	return &found
}

// tellPods prints what a recovery found.
func (t *Transaction) tellPods(ctx context.Context) {
	if found := t.Pods(ctx); found != nil {
		t.Progress.Info("%s", found)
	}
}

// askPods asks the runtime, however the change itself has ended, but not for long.
func (t *Transaction) askPods(ctx context.Context, ask func(context.Context, pods.Runtime) error) error {
	if t.begin.Endpoint == "" {
		return errors.New("the CRI endpoint is not known")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lifecycle.Attempt)
	defer cancel()
	client, err := t.Host.DialRuntime(ctx, t.begin.Endpoint, t.begin.Units.Runtime)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	return ask(ctx, client)
}

// onePodEach waits after an undo until no pod runs twice any more: a kubelet that starts
// and finds two sandboxes of a pod removes the one that is too many, with the grace period
// of the pod (kubernetes pkg/kubelet/kuberuntime/kuberuntime_manager.go, podSandboxChanged).
func (t *Transaction) onePodEach(ctx context.Context) error {
	for until := time.Now().Add(lifecycle.Wait); ; {
		now := t.Pods(ctx)
		if now == nil || len(now.Twice) == 0 {
			return nil
		}
		if err := t.pause(ctx, lifecycle.Observe); err != nil || time.Now().After(until) {
			return fmt.Errorf("still running twice: %s", strings.Join(now.Twice, ", "))
		}
	}
}
