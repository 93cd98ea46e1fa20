package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/kubelet"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// patience is how long a daemon may take to answer after its unit has started, where nothing
// else was asked for. A kubelet that loads many pods takes seconds; one that has not
// answered in a minute will not.
const patience = time.Minute

// awaitCRI waits until the runtime answers. CRI-O tells systemd that it is ready before it
// serves (cmd/crio/main.go), so the unit's state proves nothing here.
func (r *run) awaitCRI(ctx context.Context, endpoint string) error {
	socket, release, err := r.Host.Root.Socket(strings.TrimPrefix(endpoint, "unix://"))
	if err != nil {
		return err
	}
	defer func() { _ = release() }()
	client, err := cri.Dial(socket)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	return r.until(ctx, r.begin.RuntimeUnit, func(ctx context.Context) error {
		_, err := client.Version(ctx)
		return err
	})
}

// awaitHealthz waits for the kubelet's answer. It says only that the process serves;
// the verification says the rest.
func (r *run) awaitHealthz(ctx context.Context, port int) error {
	return r.until(ctx, r.begin.KubeletUnit, func(ctx context.Context) error {
		_, err := kubelet.Healthz(ctx, kubelet.Target{Address: r.Host.KubeletAddress, HealthzPort: port})
		return err
	})
}

// until calls try until it succeeds. It gives up early when the unit behind it has failed.
func (r *run) until(ctx context.Context, unit string, try func(context.Context) error) error {
	wait := r.begin.Wait
	if wait <= 0 {
		wait = patience
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var last error
	for {
		attempt, done := context.WithTimeout(ctx, 2*time.Second)
		err := try(attempt)
		done()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		if err := r.alive(ctx, unit); err != nil {
			return errors.Join(err, last)
		}
		if err := r.pause(ctx, r.poll()); err != nil {
			return fmt.Errorf("no answer in time: %w", errors.Join(last, err))
		}
	}
}

// alive fails where systemd has given a unit up.
func (m *Machine) alive(ctx context.Context, unit string) error {
	if unit == "" || m.Host.Units == nil {
		return nil
	}
	u, err := m.Host.Units.Unit(ctx, unit)
	if err != nil || u.Active != "failed" {
		return nil //nolint:nilerr // not being able to look is no sign of death
	}
	return m.unitError(ctx, unit, fmt.Errorf("the unit failed"))
}

// settle watches that the unit keeps its process and its invocation. A kubelet with a bad
// config dies some seconds after systemd called it started.
func (r *run) settle(ctx context.Context, s plan.Settle) error {
	first, err := r.Host.Units.Unit(ctx, s.Unit)
	if err != nil {
		return err
	}
	for end := time.Now().Add(s.Window); ; {
		now, err := r.Host.Units.Unit(ctx, s.Unit)
		if err != nil {
			return err
		}
		if why := unsettled(first, now); why != "" {
			return r.unitError(ctx, s.Unit, errors.New(why))
		}
		if !time.Now().Before(end) {
			return nil
		}
		if err := r.pause(ctx, r.poll()); err != nil {
			return err
		}
	}
}

func unsettled(first, now systemd.Unit) string {
	switch {
	case now.Active != "active":
		return "it did not stay up: " + now.Active + " (" + now.Sub + ")"
	case now.InvocationID != first.InvocationID:
		return "it was started again while it should have settled"
	case now.MainPID != first.MainPID:
		return fmt.Sprintf("its process changed from %d to %d while it should have settled", first.MainPID, now.MainPID)
	}
	return ""
}

func (r *run) verify(ctx context.Context, s plan.Verify) error {
	verdict, err := r.Verify(ctx, s)
	if err != nil {
		return err
	}
	r.verdict = verdict
	if !verdict.OK {
		return fmt.Errorf("verification: %s, %s", verdict.State, verdict.Reason)
	}
	return nil
}

func (m *Machine) do(ctx context.Context, verb systemd.Verb, unit string) error {
	if _, err := m.Host.Units.Do(ctx, verb, unit); err != nil {
		return m.unitError(ctx, unit, err)
	}
	return nil
}

func (m *Machine) unitError(ctx context.Context, unit string, err error) error {
	failed := &UnitError{Unit: unit, Err: err}
	if m.Log != nil {
		// The log is wanted most when the time is up.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		failed.Log = m.Log(ctx, unit)
	}
	return failed
}

// pause waits or ends with ctx, whichever is first.
func (m *Machine) pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
