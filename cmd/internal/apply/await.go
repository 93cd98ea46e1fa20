package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/kubelet"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// awaitCRI waits until the runtime answers. CRI-O tells systemd that it is ready before it
// serves (cmd/crio/main.go), so the unit's state proves nothing here.
func (t *Transaction) awaitCRI(ctx context.Context, endpoint string) error {
	client, err := t.Host.DialRuntime(ctx, endpoint, t.begin.Units.Runtime)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	return t.until(ctx, t.begin.Units.Runtime, func(ctx context.Context) error {
		_, err := client.Version(ctx)
		return err
	})
}

// awaitHealthz waits for the kubelet's answer. It says only that the process serves;
// the verification says the rest.
func (t *Transaction) awaitHealthz(ctx context.Context, s plan.AwaitHealthz) error {
	return t.until(ctx, t.begin.Units.Kubelet, func(ctx context.Context) error {
		_, err := kubelet.Healthz(ctx, kubelet.Target{HealthzAddress: s.Address, HealthzPort: s.Port, Owner: t.Host.UnitServes(ctx, t.begin.Units.Kubelet)})
		return err
	})
}

// announce prints what a step does and, where it waits, for how long at most.
func (t *Transaction) announce(s plan.Step) {
	bound := time.Duration(0)
	switch s := s.(type) {
	case plan.AwaitCRI, plan.AwaitHealthz:
		bound = t.wait()
	case plan.Verify:
		bound = s.Wait
	}
	if bound <= 0 {
		t.Progress.Info("%s", plan.Text(s))
		return
	}
	t.Progress.Info("%s, up to %s", plan.Text(s), bound)
}

func (t *Transaction) wait() time.Duration {
	wait := cmp.Or(t.begin.Wait, lifecycle.Wait)
	if t.returning {
		wait = max(wait, lifecycle.Wait)
	}
	return wait
}

// until calls try until it succeeds. It stops retrying early when the unit behind it has failed.
func (t *Transaction) until(ctx context.Context, unit string, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, t.wait())
	defer cancel()
	before := t.restarts(ctx, unit)
	var last error
	for {
		attempt, done := context.WithTimeout(ctx, lifecycle.Attempt)
		err := try(attempt)
		done()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		if err := t.alive(ctx, unit, before); err != nil {
			return errors.Join(err, last)
		}
		if err := t.pause(ctx, t.poll()); err != nil {
			return fmt.Errorf("no answer in time: %w", errors.Join(last, err))
		}
	}
}

// alive fails at once where the unit behind an answer is failed, crash-loops or is stopped
// with no job that starts it: waiting longer would only hide why, and hold up a reboot, for
// which systemd has stopped the daemons. Not being able to look does not mean death.
func (e *Executor) alive(ctx context.Context, unit string, restarts int) error {
	if unit == "" || e.Host.Units == nil {
		return nil
	}
	u, err := e.Host.Units.Unit(ctx, unit)
	switch {
	case err != nil:
		return nil //nolint:nilerr // see above
	case u.Active == "failed":
		return e.unitError(ctx, unit, errors.New("the unit failed"))
	case u.Active == "inactive" && u.Job == 0:
		return e.unitError(ctx, unit, errors.New("the unit is stopped"))
	case u.Sub == "auto-restart", u.NRestarts > restarts:
		return e.unitError(ctx, unit, fmt.Errorf("the unit is crash-looping (%d automatic restarts)", u.NRestarts))
	}
	return nil
}

// restarts is how often systemd has restarted the unit by itself, so far.
func (e *Executor) restarts(ctx context.Context, unit string) int {
	if unit == "" || e.Host.Units == nil {
		return 0
	}
	u, err := e.Host.Units.Unit(ctx, unit)
	if err != nil {
		return 0
	}
	return u.NRestarts
}

func (t *Transaction) do(ctx context.Context, verb systemd.Verb, unit string) error {
	t.watchPods(ctx)
	if unit == t.begin.Units.Kubelet && verb != systemd.Stop && t.pods.kubelet.IsZero() {
		t.pods.kubelet = t.Host.Now()
	}
	counted := t.Progress.Count(fmt.Sprintf("%s %s", verb, unit), func() string { return t.phase(ctx, unit) })
	_, err := t.Host.Units.Do(ctx, verb, unit)
	counted()
	if err != nil {
		return t.unitError(ctx, unit, err)
	}
	return nil
}

// phase is what a unit is busy with: CRI-O's stop may last until systemd kills it.
func (t *Transaction) phase(ctx context.Context, unit string) string {
	u, err := t.Host.Units.Unit(ctx, unit)
	switch {
	case err != nil:
		return ""
	case u.Active == "deactivating" && u.StopTimeout > 0:
		return fmt.Sprintf("; it does not stop, systemd kills it after %s", u.StopTimeout)
	}
	return "; it is " + u.Active
}

func (e *Executor) unitError(ctx context.Context, unit string, err error) error {
	failed := &UnitError{Unit: unit, Err: err}
	// The log is wanted most when the time is up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lifecycle.UnitLog+lifecycle.Attempt)
	defer cancel()
	failed.Words = e.once(unit, e.lastError(ctx, unit))
	return failed
}

// pause waits or ends with ctx, whichever is first.
func (e *Executor) pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
