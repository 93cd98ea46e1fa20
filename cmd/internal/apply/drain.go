package apply

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// drain reads the events that the runtime kept while nobody read them, so that the kubelet,
// which starts next, does not take what is minutes old for news. The stream is closed again
// before that. What cannot be drained does not fail the change: a kubelet that starts by
// itself gets the same events.
func (t *Transaction) drain(ctx context.Context, s plan.DrainEvents) {
	ctx, cancel := context.WithTimeout(ctx, lifecycle.Drain)
	defer cancel()
	client, err := t.Host.DialRuntime(ctx, s.Endpoint, t.begin.RuntimeUnit)
	events := int64(0)
	if err == nil {
		events, err = readBacklog(ctx, client.Client)
		_ = client.Close() // nothing was written
	}
	switch {
	case err != nil:
		t.Progress.Info("note: the backlog of container events could not be drained: %v", err)
	case events > 0:
		t.Progress.Info("drained %d container events that the runtime had kept", events)
	}
}

// readBacklog reads until no event has come for a moment. A runtime that answers a call has
// taken the one for the stream before it on the same connection; from then on it sends what
// it kept without a pause.
func readBacklog(ctx context.Context, client *cri.Client) (int64, error) {
	var events atomic.Int64
	stop, err := client.Watch(ctx, func(cri.Event) { events.Add(1) })
	if err != nil {
		return 0, err
	}
	defer stop()
	_, err = client.Version(ctx)
	for seen := int64(-1); err == nil && seen != events.Load(); {
		seen = events.Load()
		select {
		case <-time.After(lifecycle.DrainSilence):
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	return events.Load(), err
}
