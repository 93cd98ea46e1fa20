package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/kubelet"
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
		_, err := kubelet.Healthz(ctx, kubelet.Target{HealthzPort: port, Owner: r.Host.UnitServes(ctx, r.begin.KubeletUnit)})
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
	before := r.restarts(ctx, unit)
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
		if err := r.alive(ctx, unit, before); err != nil {
			return errors.Join(err, last)
		}
		if err := r.pause(ctx, r.poll()); err != nil {
			return fmt.Errorf("no answer in time: %w", errors.Join(last, err))
		}
	}
}

// alive fails at once where the unit behind an answer is failed or crash-loops: waiting
// longer would only hide why. Not being able to look is no sign of death.
func (m *Machine) alive(ctx context.Context, unit string, restarts int) error {
	if unit == "" || m.Host.Units == nil {
		return nil
	}
	u, err := m.Host.Units.Unit(ctx, unit)
	switch {
	case err != nil:
		return nil //nolint:nilerr // see above
	case u.Active == "failed":
		return m.unitError(ctx, unit, errors.New("the unit failed"))
	case u.Sub == "auto-restart", u.NRestarts > restarts:
		return m.unitError(ctx, unit, fmt.Errorf("the unit is crash-looping (%d automatic restarts)", u.NRestarts))
	}
	return nil
}

// restarts is how often systemd has restarted the unit by itself, so far.
func (m *Machine) restarts(ctx context.Context, unit string) int {
	if unit == "" || m.Host.Units == nil {
		return 0
	}
	u, err := m.Host.Units.Unit(ctx, unit)
	if err != nil {
		return 0
	}
	return u.NRestarts
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
