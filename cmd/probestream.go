package cmd

import (
	"context"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/probe"
)

// queued is how many lines may wait for a slow stdout. The stream is read on whatever
// happens there; what does not fit is counted and said.
const queued = 16384

// reopenAfter is the pause before the stream is opened again.
const reopenAfter = time.Second

// probing is one run of probe.
type probing struct {
	d       *Deps
	o       probeOptions
	client  *cri.Client
	runtime known.Runtime
	judge   *probe.Judge
	lines   chan probeLine
	unsaid  int
}

func newProbing(d *Deps, o probeOptions, c *cri.Client) *probing {
	return &probing{d: d, o: o, client: c, judge: probe.NewJudge(d.Now()), lines: make(chan probeLine, queued)}
}

// versionTime is how long the runtime may take to say its version.
const versionTime = 3 * time.Second

// introduce asks the runtime who it is. That comes first: it tells a runtime that is too
// old from a CRI service that is not there, and what a second reader would do to it.
func (p *probing) introduce(ctx context.Context) (probe.Ending, error) {
	ctx, cancel := context.WithTimeout(ctx, versionTime)
	defer cancel()
	v, err := p.client.Version(ctx)
	if cri.KindOf(err) == cri.KindTimeout {
		return probe.Hung, err
	}
	if err != nil {
		return endingOf(err, false), err
	}
	// A version that cannot be read is a version that is not known.
	version, _ := known.Parse(v.Version)
	p.runtime = known.RuntimeAt(known.RuntimeNamed(v.Name), version)
	return probe.Enough, nil
}

func (p *probing) run(ctx context.Context) error {
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	printed := make(chan error, 1)
	go func() {
		err := p.print()
		if err != nil {
			cancel()
		}
		printed <- err
	}()
	p.judge = probe.NewJudge(p.d.Now())
	how := p.read(ctx)
	result := p.judge.End(p.d.Now(), how, p.runtime)
	close(p.lines)
	if err := <-printed; err != nil {
		return err
	}
	return p.conclude(result)
}

// bounded ends the probe at --duration or --timeout, whichever comes first.
func (p *probing) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := p.o.duration
	if t := p.d.Settings.Timeout; t > 0 && (limit == 0 || t < limit) {
		limit = t
	}
	if limit == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}

// hangs tells a runtime that answers nothing any more from a quiet stream.
func (p *probing) hangs(ctx context.Context) bool {
	how, err := p.introduce(context.WithoutCancel(ctx))
	return err != nil && how == probe.Hung
}

func (p *probing) read(ctx context.Context) probe.Ending {
	for {
		how, before := p.stream(ctx), p.judge.Events()
		again := p.o.reconnect && (how == probe.EndedByRuntime || how == probe.Broken || how == probe.Unreachable || how == probe.Starting)
		if !again || ctx.Err() != nil || p.atOnce(how, before) {
			if how == probe.Enough && p.judge.Events() == 0 && p.hangs(ctx) {
				return probe.Hung
			}
			return how
		}
		p.d.say("the stream ended; opening it again")
		select {
		case <-ctx.Done():
			return probe.Enough
		case <-time.After(reopenAfter):
		}
		p.judge.Reopened(p.d.Now())
	}
}

// atOnce: CRI-O with its pod events off ends every stream; trying again is of no use.
func (p *probing) atOnce(how probe.Ending, events int) bool {
	return how == probe.EndedByRuntime && events == 0 && p.judge.End(p.d.Now(), how, p.runtime).Verdict == probe.ClosedAtOnce
}

// stream reads one stream to its end.
func (p *probing) stream(ctx context.Context) probe.Ending {
	s, err := p.client.Events(ctx)
	if err != nil {
		return endingOf(err, false)
	}
	defer s.Close()
	for {
		e, err := s.Recv()
		if err != nil {
			if ctx.Err() != nil {
				return probe.Enough
			}
			return endingOf(err, true)
		}
		p.take(e)
		if p.o.count > 0 && p.judge.Events() >= p.o.count {
			return probe.Enough
		}
	}
}

// take judges an event and hands it to the printer, which must never hold up the reading.
func (p *probing) take(e cri.Event) {
	one := probe.Event{
		Type: e.Type, Container: e.ContainerID, Sandbox: e.Sandbox.ID, Pod: e.Sandbox.Name, Namespace: e.Sandbox.Namespace,
		UID: e.Sandbox.UID, Created: e.Created, Received: p.d.Now(), HasStatus: e.HasStatus,
	}
	seen := p.judge.Event(one)
	select {
	case p.lines <- probeLine{one, seen}:
	default:
		p.unsaid++
	}
}

// endingOf says what an error means; open tells that the stream was up before.
func endingOf(err error, open bool) probe.Ending {
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
