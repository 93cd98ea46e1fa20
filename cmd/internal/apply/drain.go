package apply

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// drain reads the events that the runtime kept while nobody read them, so that the kubelet
// does not take what is minutes old for news. It does so while the kubelet still runs, which
// is then not down for it, and goes on until the kubelet starts. What cannot be drained does
// not fail the change: a kubelet that starts by itself gets the same events.
func (t *Transaction) drain(ctx context.Context, s plan.DrainEvents) {
	if t.endDrain != nil {
		return // the way back of a change that failed in between
	}
	limited, cancel := context.WithTimeout(ctx, lifecycle.Drain)
	defer cancel()
	client, err := t.Host.DialRuntime(limited, s.Endpoint, t.begin.Units.Runtime)
	if err == nil {
		var events atomic.Int64
		var stop func()
		// The stream outlives a signal: it ends when the kubelet starts.
		if stop, err = client.Watch(context.WithoutCancel(ctx), func(cri.Event) { events.Add(1) }); err == nil {
			t.endDrain = func() {
				stop()
				_ = client.Close() // nothing was written
				if n := events.Load(); n > 0 {
					t.Progress.Info("drained %d container events that the runtime had kept", n)
				}
			}
			err = awaitSilence(limited, client.Client, &events)
		}
	}
	if err != nil {
		t.Progress.Info("note: the backlog of container events could not be drained: %v", err)
	}
}

// awaitSilence waits until no event has come for a moment. A runtime that answers a call has
// taken the one for the stream before it on the same connection; from then on it sends what
// it kept without a pause.
func awaitSilence(ctx context.Context, client *cri.Client, events *atomic.Int64) error {
	_, err := client.Version(ctx)
	for seen := int64(-1); err == nil && seen != events.Load(); {
		seen = events.Load()
		select {
		case <-time.After(lifecycle.DrainSilence):
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	return err
}

// start starts a unit. The kubelet reads the events itself from here on.
func (t *Transaction) start(ctx context.Context, unit string) error {
	if unit == t.begin.Units.Kubelet {
		t.stopDraining()
	}
	return t.do(ctx, systemd.Start, unit)
}

func (t *Transaction) stopDraining() {
	if t.endDrain != nil {
		t.endDrain()
		t.endDrain = nil
	}
}
