package eventstream

import (
	"context"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/verify/probe"
)

func (r *Reader) read(ctx context.Context) probe.Ending {
	for {
		before := r.judge.Events()
		how := r.stream(ctx)
		again := r.Reconnect && (how == probe.EndedByRuntime || how == probe.Broken || how == probe.Unreachable || how == probe.Starting)
		if !again || ctx.Err() != nil || r.closedAtOnce(how, before) {
			if how == probe.Enough && r.judge.Events() == 0 && r.hangs(ctx) {
				return probe.Hung
			}
			return how
		}
		r.Reopening()
		select {
		case <-ctx.Done():
			return probe.Enough
		case <-time.After(lifecycle.Reopen):
		}
		r.judge.Reopened(r.Now())
	}
}

// closedAtOnce reports whether CRI-O's pod events are off: it then ends every stream.
func (r *Reader) closedAtOnce(how probe.Ending, events int) bool {
	return how == probe.EndedByRuntime && events == 0 && r.judge.End(r.Now(), how, r.runtime).Verdict == probe.ClosedAtOnce
}

// hangs tells a runtime that answers nothing any more from a quiet stream.
func (r *Reader) hangs(ctx context.Context) bool {
	how, err := r.version(context.WithoutCancel(ctx))
	return err != nil && how == probe.Hung
}

// stream reads one stream to its end.
func (r *Reader) stream(ctx context.Context) probe.Ending {
	s, err := r.Client.Events(ctx)
	if err != nil {
		return ending(err, false)
	}
	defer s.Close()
	for {
		e, err := s.Recv()
		if err != nil {
			if ctx.Err() != nil {
				return probe.Enough
			}
			return ending(err, true)
		}
		r.take(e)
		if r.Count > 0 && r.judge.Events() >= r.Count {
			return probe.Enough
		}
	}
}

// take judges an event and queues it for the printer, which must never hold up the reading.
func (r *Reader) take(e cri.Event) {
	one := probe.Event{
		Type: e.Type, Container: e.ContainerID, Sandbox: e.Sandbox.ID, Pod: e.Sandbox.Name, Namespace: e.Sandbox.Namespace,
		UID: e.Sandbox.UID, Created: e.Created, Received: r.Now(), HasStatus: e.HasStatus,
	}
	seen := r.judge.Event(one)
	select {
	case r.queue <- queuedEvent{one, seen}:
	default:
		r.left++
	}
}

// ending returns what an error means; open reports whether the stream was up before.
func ending(err error, open bool) probe.Ending {
	switch cri.KindOf(err) {
	case cri.KindEnded:
		return probe.EndedByRuntime
	case cri.KindNoMethod:
		return probe.NoCall
	case cri.KindNoService:
		return probe.NoService
	case cri.KindPermission:
		return probe.Denied
	case cri.KindStarting:
		return probe.Starting
	case cri.KindTimeout, cri.KindCancelled:
		return probe.Enough
	case cri.KindUnreachable:
		if !open {
			return probe.Unreachable
		}
	case cri.KindOther, cri.KindNotFound:
	}
	return probe.Broken
}
