package climb

import (
	"context"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/verify"
)

// Climb is one way up the ladder.
type Climb struct {
	Host *node.Host
	// Options say where to look.
	Options node.Options
	// Facts are the first observation, and the last one afterwards.
	Facts verify.Facts
	// Until is when waiting ends.
	Until    time.Time
	Progress *lifecycle.Progress

	announced string
}

// Reachable returns the rung that waiting alone can reach. With a stimulus to come it is
// enough that the stream is up: the events are ours then.
func Reachable(stimulus bool) verify.Rung {
	if stimulus {
		return verify.RungConnected
	}
	return verify.RungDelivering
}

// Wait observes again until the level is decided or the time is over.
func (c *Climb) Wait(ctx context.Context, level verify.Rung) error {
	return c.WaitFor(ctx, func(v verify.Verdict) bool { return v.Decided(level) })
}

// WaitFor observes again until done, or until the time is over.
func (c *Climb) WaitFor(ctx context.Context, done func(verify.Verdict) bool) error {
	first := c.Facts.Kubelet.Metrics
	for {
		v := verify.Judge(c.Facts)
		if done(v) || !c.Host.Now().Before(c.Until) {
			return nil
		}
		c.announce(v)
		if err := pause(ctx, lifecycle.Observe); err != nil {
			return err
		}
		if !first.Seen {
			first = c.Facts.Kubelet.Metrics
		}
		c.Options.Earlier = first
		facts, err := node.Observe(ctx, c.Host, c.Options)
		if err != nil {
			return err
		}
		c.Facts = facts
	}
}

// announce says what is waited for, once for each reason.
func (c *Climb) announce(v verify.Verdict) {
	line := "the state is " + string(v.State)
	if len(v.Waiting) > 0 {
		line = v.Waiting[0]
	}
	if line != c.announced {
		c.announced = line
		c.Progress.Info("%s; waiting up to %s", line, c.Until.Sub(c.Host.Now()).Round(time.Second))
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
