package systemd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

// ErrFiring reports that a timer cannot be disarmed any more: what it starts has started.
var ErrFiring = errors.New("the timer has fired")

// TimerSpec is a command that systemd runs once after a while, whatever becomes of us.
type TimerSpec struct {
	// Name is without a suffix: "plegctl-revert-000012" makes that .timer and .service.
	Name string
	// After is counted from the moment of arming. It does not survive a reboot.
	After time.Duration
	// Exec is the argument list; the program is an absolute path. No shell is involved.
	Exec        []string
	Description string
	// Env is KEY=VALUE.
	Env []string
	// Retry is how long to wait before the command runs again after a failure; 0 means
	// never. Final are the exit codes after which it is not run again.
	Retry time.Duration
	Final []int32
}

// Timer is an armed timer as systemd shows it.
type Timer struct {
	Name string
	// Armed reports whether it is waiting to fire.
	Armed bool
	// Next is when it fires, exact to within a second; zero where it is not armed.
	Next time.Time
	// Firing reports whether its service runs now.
	Firing bool
	// Service is the unit that it starts.
	Service Unit
}

// ArmTimer makes systemd run a command once, by a transient timer and service. They need
// neither this process nor its terminal; a reboot ends them. On return the timer was seen
// waiting. A timer of that name that still waits or works is an error.
func (c *Conn) ArmTimer(ctx context.Context, s TimerSpec) (Timer, error) {
	if len(s.Exec) == 0 || !path.IsAbs(s.Exec[0]) || s.After <= 0 {
		return Timer{}, fmt.Errorf("arm the timer %s: it needs the absolute path of a program and a time", s.Name)
	}
	limit := c.options.JobTimeout
	if limit == 0 {
		limit = lifecycle.LeastJob
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c.forget(limited, s.Name)
	spelling := []sd.Property{{Name: "TimersMonotonic", Value: dbus.MakeVariant([]elapse{{"OnActiveSec", micros(s.After)}})}}
	result, err := c.arm(limited, s, spelling)
	if refused(err) { // before systemd 242
		result, err = c.arm(limited, s, []sd.Property{{Name: "OnActiveSec", Value: dbus.MakeVariant(micros(s.After))}})
	}
	if err != nil {
		return Timer{}, named("arm the timer "+s.Name, err)
	}
	t, err := c.Timer(ctx, s.Name)
	if err == nil && !t.Armed {
		err = fmt.Errorf("systemd reported %q, but the timer is not waiting", result)
	}
	if err != nil {
		return t, fmt.Errorf("arm the timer %s: %w", s.Name, err)
	}
	return t, nil
}

// forget lets the name be used again where an earlier command failed: systemd keeps that
// service, for people to look at, and refuses another one. What goes wrong here shows when
// the timer is armed.
func (c *Conn) forget(ctx context.Context, name string) {
	if old, err := c.Timer(ctx, name); err != nil || old.Armed || old.Firing {
		return
	}
	_ = c.call(ctx, func(bus *sd.Conn) error { return bus.ResetFailedUnitContext(ctx, name+".service") })
}

// elapse is one of TimersMonotonic, a(st).
type elapse struct {
	Base string
	USec uint64
}

func micros(d time.Duration) uint64 { return uint64(d / time.Microsecond) }

func (c *Conn) arm(ctx context.Context, s TimerSpec, when []sd.Property) (string, error) {
	bus, err := c.connect(ctx)
	if err != nil {
		return "", err
	}
	timer := append([]sd.Property{
		sd.PropDescription(s.Description),
		// systemd's own default is a minute late.
		{Name: "AccuracyUSec", Value: dbus.MakeVariant(micros(time.Second))},
		{Name: "RemainAfterElapse", Value: dbus.MakeVariant(false)},
	}, when...)
	kind := "oneshot" // no start timeout: a rollback takes what it takes
	if s.Retry > 0 {
		kind = "simple" // before systemd 244 a oneshot is not run again
	}
	service := ServiceSpec{Description: s.Description, Exec: s.Exec, Env: s.Env, Retry: s.Retry, Final: s.Final}.properties(kind)
	results := make(chan string, 1)
	id, err := bus.StartTransientUnitAux(ctx, s.Name+".timer", "fail", timer,
		[]sd.PropertyCollection{{Name: s.Name + ".service", Properties: service}}, results)
	if c.lost(bus, err) && ctx.Err() == nil {
		// It may be armed all the same, and arming it twice is refused: look.
		if t, lookErr := c.Timer(ctx, s.Name); lookErr == nil && t.Armed {
			return "done", nil
		}
	}
	if err != nil {
		return "", err
	}
	return c.await(ctx, id, results)
}

// command is one of ExecStart, a(sasb).
type command struct {
	Path          string
	Args          []string
	IgnoreFailure bool
}

// literal keeps systemd from putting variables into arguments.
func literal(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = strings.ReplaceAll(arg, "$", "$$")
	}
	return out
}

// refused: this systemd does not know the property.
func refused(err error) bool {
	var answer dbus.Error
	return errors.As(err, &answer) && (answer.Name == "org.freedesktop.DBus.Error.PropertyReadOnly" ||
		answer.Name == "org.freedesktop.DBus.Error.UnknownProperty" || answer.Name == "org.freedesktop.DBus.Error.InvalidArgs")
}

// Timer is the state of a timer, [ErrNoSuchUnit] where it does not exist: it fired and is
// done, was disarmed, or the machine was started anew.
func (c *Conn) Timer(ctx context.Context, name string) (Timer, error) {
	t := Timer{Name: name}
	ctx, cancel := context.WithTimeout(ctx, lifecycle.Bus)
	defer cancel()
	var props properties
	err := c.call(ctx, func(bus *sd.Conn) (err error) {
		props, err = bus.GetAllPropertiesContext(ctx, name+".timer")
		return err
	})
	if err != nil {
		return t, named("look at the timer "+name, err)
	}
	u := props.unit()
	t.Armed = u.Active == "active" && u.Sub == "waiting"
	if next := get[uint64](props, "NextElapseUSecMonotonic"); t.Armed && next > 0 && next < math.MaxInt64/1000 {
		t.Next = fromMonotonic(next)
	}
	t.Service, err = c.Unit(ctx, name+".service")
	if err != nil && !errors.Is(err, ErrNoSuchUnit) {
		return t, err
	}
	t.Firing = t.Service.Active == "activating" || t.Service.Running() || t.Service.Job != 0 || u.Sub == "running"
	if u.Load == "not-found" && err != nil {
		return t, fmt.Errorf("look at the timer %s: %w", name, ErrNoSuchUnit)
	}
	return t, nil
}

// fromMonotonic turns a reading of CLOCK_MONOTONIC in microseconds into a time.
func fromMonotonic(us uint64) time.Time {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return time.Time{}
	}
	return time.Now().Add(time.Duration(us)*time.Microsecond - time.Duration(now.Nano()))
}

// DisarmTimer takes a timer away before it fires. [ErrNoSuchUnit] where it does not exist,
// [ErrFiring] where it is too late: then the command runs or has run.
func (c *Conn) DisarmTimer(ctx context.Context, name string) error {
	t, err := c.Timer(ctx, name)
	if err != nil {
		return err
	}
	ran := t.Service.InvocationID
	if t.Firing {
		return fmt.Errorf("disarm the timer %s: %w", name, ErrFiring)
	}
	if t.Armed {
		if _, err := c.Do(ctx, Stop, name+".timer"); err != nil {
			return fmt.Errorf("disarm the timer %s: %w", name, err)
		}
	}
	// It may have fired between the look and the stop.
	service, err := c.Unit(ctx, name+".service")
	switch {
	case errors.Is(err, ErrNoSuchUnit) && t.Armed:
		return nil
	case err != nil:
		return err
	case service.Job != 0 || !service.Down() || service.InvocationID != ran || !t.Armed:
		return fmt.Errorf("disarm the timer %s: %w", name, ErrFiring)
	}
	return nil
}
