package systemd

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/godbus/dbus/v5"
)

// ServiceSpec is a command that systemd runs outside our control group.
type ServiceSpec struct {
	// Name is without a suffix.
	Name        string
	Description string
	// Exec is the argument list; the program is an absolute path. No shell is involved.
	Exec []string
	// After runs when Exec has ended, however it ended: also by SIGKILL.
	After []string
	// Env is KEY=VALUE; Dir is the working directory.
	Env []string
	Dir string
	// Retry is how long to wait before Exec runs again after a failure; 0 means never.
	Retry time.Duration
	// Final are the exit codes after which it is not run again.
	Final []int32
	// StopTimeout is how long a stop may take, as a rollback does.
	StopTimeout time.Duration
}

// StartService makes systemd run a command in a transient service. The command needs
// neither this process nor its terminal. On return it was started.
func (c *Conn) StartService(ctx context.Context, s ServiceSpec) error {
	if len(s.Exec) == 0 || !path.IsAbs(s.Exec[0]) {
		return fmt.Errorf("start the service %s: it needs the absolute path of a program", s.Name)
	}
	ctx, cancel := context.WithTimeout(ctx, lifecycle.LeastJob)
	defer cancel()
	bus, err := c.connect(ctx)
	if err != nil {
		return err
	}
	results := make(chan string, 1)
	// What it did is in the record, so its failure need not stay, as that of a timer does.
	props := append(s.properties("simple"), sd.Property{Name: "CollectMode", Value: dbus.MakeVariant("inactive-or-failed")})
	id, err := bus.StartTransientUnitContext(ctx, s.Name+".service", "fail", props, results)
	if err != nil {
		return named("start the service "+s.Name, err)
	}
	result, err := c.await(ctx, id, results)
	if err == nil && result != "done" && result != "" {
		err = fmt.Errorf("systemd reported %q", result)
	}
	if err != nil {
		return named("start the service "+s.Name, err)
	}
	return nil
}

// properties are those of the service unit.
func (s ServiceSpec) properties(kind string) []sd.Property {
	property := func(name string, value any) sd.Property {
		return sd.Property{Name: name, Value: dbus.MakeVariant(value)}
	}
	all := []sd.Property{
		sd.PropDescription(s.Description), sd.PropType(kind),
		property("ExecStart", []command{{s.Exec[0], literal(s.Exec), false}}),
		property("OOMScoreAdjust", int32(-900)),
	}
	if len(s.After) > 0 {
		all = append(all, property("ExecStopPost", []command{{s.After[0], literal(s.After), false}}))
	}
	if len(s.Env) > 0 {
		all = append(all, property("Environment", s.Env))
	}
	if s.Dir != "" {
		all = append(all, property("WorkingDirectory", s.Dir))
	}
	if s.StopTimeout > 0 {
		all = append(all, property("TimeoutStopUSec", micros(s.StopTimeout)))
	}
	if s.Retry > 0 {
		all = append(all, property("Restart", "on-failure"), property("RestartUSec", micros(s.Retry)), property("StartLimitIntervalUSec", uint64(0)))
	}
	if len(s.Final) > 0 {
		all = append(all, property("RestartPreventExitStatus", exitStatuses{s.Final, []int32{}}))
	}
	return all
}

// exitStatuses is (aiai): exit codes and signals.
type exitStatuses struct{ Codes, Signals []int32 }

// ServiceRuns reports whether the service of that name has not ended yet.
func (c *Conn) ServiceRuns(ctx context.Context, name string) (bool, error) {
	u, err := c.Unit(ctx, name+".service")
	if errors.Is(err, ErrNoSuchUnit) {
		return false, nil
	}
	return err == nil && !u.Down(), err
}
