// Package eventstream reads the runtime's stream of container events until the wanted
// number, the end of the time, or the end of the stream. Package verify/probe judges what
// came; the caller prints it. The stream is read whatever happens to the printing.
package eventstream

import (
	"context"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/probe"
)

const (
	// queued is how many events may wait for a slow printer. What does not fit is counted
	// and left out: a reader that stops reading stalls containerd 2.x.
	queued = 16384
)

// Printer prints events; it may be slow.
type Printer interface {
	Event(probe.Event, probe.Seen) error
	// Flush is called whenever no event waits.
	Flush() error
}

// Reader reads the events of one runtime.
type Reader struct {
	Client *cri.Client
	// Count ends the reading after so many events; 0 is no limit.
	Count int
	// Reconnect opens the stream again when it ends; Reopening is called before.
	Reconnect bool
	Reopening func()
	Now       func() time.Time

	runtime known.Runtime
	judge   *probe.Judge
	queue   chan queuedEvent
	left    int
}

type queuedEvent struct {
	event probe.Event
	seen  probe.Seen
}

// Introduce asks the runtime for its name and version. That comes first: it tells a runtime
// that is too old from a CRI service that does not exist, and decides whether a second
// reader does harm. A runtime that cannot be asked gives the result of the whole probe.
func (r *Reader) Introduce(ctx context.Context) (known.Runtime, *probe.Result, error) {
	r.judge = probe.NewJudge(r.Now())
	how, err := r.version(ctx)
	if err != nil {
		result := r.judge.End(r.Now(), how, r.runtime)
		return r.runtime, &result, err
	}
	return r.runtime, nil, nil
}

func (r *Reader) version(ctx context.Context) (probe.Ending, error) {
	ctx, cancel := context.WithTimeout(ctx, lifecycle.Answer)
	defer cancel()
	v, err := r.Client.Version(ctx)
	if cri.KindOf(err) == cri.KindTimeout {
		return probe.Hung, err
	}
	if err != nil {
		return ending(err, false), err
	}
	// A version that cannot be read is a version that is not known.
	version, _ := known.Parse(v.Version)
	r.runtime = known.RuntimeAt(known.RuntimeNamed(v.Name), version)
	return probe.Enough, nil
}

// Run reads until ctx, the count or the stream ends, and prints on the way. It returns the
// result and how many events were not printed because the printer was too slow.
func (r *Reader) Run(ctx context.Context, p Printer) (probe.Result, int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.queue = make(chan queuedEvent, queued)
	printed := make(chan error, 1)
	go func() {
		err := printAll(r.queue, p)
		if err != nil {
			cancel()
		}
		printed <- err
	}()
	r.judge = probe.NewJudge(r.Now())
	how := r.read(ctx)
	result := r.judge.End(r.Now(), how, r.runtime)
	close(r.queue)
	return result, r.left, <-printed
}

// printAll prints until the queue is closed and empty.
func printAll(queue <-chan queuedEvent, p Printer) error {
	for {
		select {
		case one, open := <-queue:
			if !open {
				return p.Flush()
			}
			if err := p.Event(one.event, one.seen); err != nil {
				return err
			}
			continue
		default:
		}
		if err := p.Flush(); err != nil {
			return err
		}
		one, open := <-queue
		if !open {
			return nil
		}
		if err := p.Event(one.event, one.seen); err != nil {
			return err
		}
	}
}
