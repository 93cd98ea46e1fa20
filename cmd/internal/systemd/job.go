package systemd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"

	sd "github.com/coreos/go-systemd/v22/dbus"
)

// Do runs one verb, waits for the job to end, and returns the unit with the proof: after a
// restart, or the start of a unit that was down, it is up with another InvocationID; after a
// stop it is down, however its process died. Otherwise the error is a *[JobError].
//
// A job outlives a ctx that ends: systemd goes on with it.
func (c *Conn) Do(ctx context.Context, verb Verb, name string) (Unit, error) {
	before, err := c.Unit(ctx, name)
	if err != nil {
		return Unit{}, fmt.Errorf("%s: %w", verb, err)
	}
	if before.Masked && verb != Stop {
		return before, fmt.Errorf("%s %s: %w", verb, before.Name, ErrMasked)
	}
	j := &job{conn: c, verb: verb, before: before, began: time.Now()}
	limited, cancel := context.WithTimeout(ctx, c.limit(verb, before))
	defer cancel()
	result, err := j.run(limited)
	if err != nil && limited.Err() == nil {
		return before, named(fmt.Sprintf("%s %s", verb, before.Name), err)
	}
	if err != nil { // it may be queued or not
		result = NoAnswer
	}
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return before, fmt.Errorf("%s %s: %w (systemd goes on with it)", verb, before.Name, context.Cause(ctx))
	}
	return j.judge(context.WithoutCancel(ctx), result)
}

// limit is how long a job may take: the unit's own timeouts, and something for systemd.
func (c *Conn) limit(verb Verb, u Unit) time.Duration {
	if c.options.JobTimeout > 0 {
		return c.options.JobTimeout
	}
	var asked time.Duration
	for _, part := range []struct {
		counts  bool
		timeout time.Duration
	}{{verb != Stop, u.StartTimeout}, {verb != Start, u.StopTimeout}} {
		switch {
		case !part.counts:
		case part.timeout < 0:
			return lifecycle.MostJob // CRI-O's unit may start forever
		default:
			asked += part.timeout
		}
	}
	return min(max(asked+lifecycle.Bus, lifecycle.LeastJob), lifecycle.MostJob)
}

// job is one job on its way.
type job struct {
	conn   *Conn
	verb   Verb
	before Unit
	began  time.Time
}

// run queues the job and gives its result; "" where it ended without one being heard.
func (j *job) run(ctx context.Context) (string, error) {
	bus, err := j.conn.connect(ctx)
	if err != nil {
		return "", err
	}
	// Buffered: go-systemd writes to it while it holds up all other jobs.
	results := make(chan string, 1)
	id, err := j.queue(ctx, bus, results)
	if j.conn.lost(bus, err) && ctx.Err() == nil {
		id, err = j.again(ctx, results)
	}
	if err != nil {
		return "", err
	}
	return j.conn.await(ctx, id, results)
}

func (j *job) queue(ctx context.Context, bus *sd.Conn, results chan<- string) (int, error) {
	const mode = "replace"
	switch j.verb {
	case Start:
		return bus.StartUnitContext(ctx, j.before.Name, mode, results)
	case Stop:
		return bus.StopUnitContext(ctx, j.before.Name, mode, results)
	case Restart:
		return bus.RestartUnitContext(ctx, j.before.Name, mode, results)
	}
	return 0, fmt.Errorf("unknown verb %q", j.verb)
}

// again: the connection went while the job was queued. It is queued once more only where
// the unit shows nothing of the first time: a kubelet need not restart twice.
func (j *job) again(ctx context.Context, results chan<- string) (int, error) {
	now, err := j.conn.Unit(ctx, j.before.Name)
	if err != nil {
		return 0, err
	}
	if now.Job != 0 {
		return now.Job, nil
	}
	if j.verb == Restart && j.proven(now) {
		return 0, nil
	}
	bus, err := j.conn.connect(ctx)
	if err != nil {
		return 0, err
	}
	return j.queue(ctx, bus, results)
}

// await waits for a result, or until the job is no longer queued: the signal is lost where
// the bus went away meanwhile.
func (c *Conn) await(ctx context.Context, id int, results <-chan string) (string, error) {
	look := time.NewTicker(c.options.Poll)
	defer look.Stop()
	for {
		select {
		case result := <-results:
			return result, nil
		case <-ctx.Done():
			return NoAnswer, ctx.Err()
		case <-look.C:
		}
		queued, err := c.queued(ctx, id)
		if err != nil || queued {
			continue // the next look or the deadline decides
		}
		select {
		case result := <-results:
			return result, nil
		case <-ctx.Done():
		case <-time.After(c.options.Poll):
		}
		return "", nil
	}
}

func (c *Conn) queued(ctx context.Context, id int) (bool, error) {
	var jobs []sd.JobStatus
	err := c.call(ctx, func(bus *sd.Conn) (err error) {
		jobs, err = bus.ListJobsContext(ctx)
		return err
	})
	return slices.ContainsFunc(jobs, func(s sd.JobStatus) bool { return int(s.Id) == id }), err
}

// judge believes the unit more than the result. A result that is not "done" is forgiven
// where the proof is there, and one that is counts for nothing without it.
func (j *job) judge(ctx context.Context, result string) (Unit, error) {
	ctx, cancel := context.WithTimeout(ctx, j.conn.options.Grace)
	defer cancel()
	now, err := j.conn.Unit(ctx, j.before.Name)
	for err == nil && !j.proven(now) && j.undecided(now, result) && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(j.conn.options.Poll):
			var next Unit
			if next, err = j.conn.Unit(ctx, j.before.Name); err == nil {
				now = next
			}
		}
	}
	if j.verb == Stop && errors.Is(err, ErrNoSuchUnit) {
		return Unit{Name: j.before.Name, Active: "inactive", Sub: "dead"}, nil // transient: gone with its end
	}
	if err != nil && ctx.Err() == nil {
		return now, fmt.Errorf("%s: %w", j.verb, err)
	}
	if j.proven(now) {
		return now, nil
	}
	if result == "done" || result == "" {
		result = Unproven
	}
	return now, &JobError{Unit: j.before.Name, Verb: j.verb, Result: result, After: time.Since(j.began), Now: now}
}

// undecided: something is still going on that may end well. A unit that waits for its
// automatic restart has failed already.
func (j *job) undecided(now Unit, result string) bool {
	if result == "canceled" { // another program's job took our place
		return now.Job != 0 || now.Active == "activating" || now.Active == "deactivating"
	}
	moving := now.Active == "activating" || now.Active == "deactivating"
	return result != NoAnswer && result != "failed" && moving && now.Sub != "auto-restart"
}

func (j *job) proven(now Unit) bool {
	switch j.verb {
	case Stop:
		return now.Down() && now.MainPID == 0
	case Start:
		if j.before.Running() {
			return now.Running()
		}
		return j.up(now) && (j.before.Active == "activating" || another(j.before, now))
	case Restart:
		return j.up(now) && another(j.before, now)
	}
	return false
}

// up: a oneshot that did its work is as up as it gets.
func (j *job) up(now Unit) bool {
	return now.Running() || now.Type == "oneshot" && now.Active == "inactive" && now.Result == "success"
}

// another reports whether b is another run of the unit than a.
func another(a, b Unit) bool {
	if b.InvocationID != "" { // systemd 232 on
		return b.InvocationID != a.InvocationID
	}
	return b.ExecMainStart.After(a.ExecMainStart)
}

// Reload makes systemd read unit files again (daemon-reload). Units keep running.
func (c *Conn) Reload(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lifecycle.MostJob)
	defer cancel()
	err := c.call(ctx, func(bus *sd.Conn) error { return bus.ReloadContext(ctx) })
	if err != nil {
		return named("make systemd read its unit files again", err)
	}
	return nil
}
