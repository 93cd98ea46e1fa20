package systemd

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"

	sd "github.com/coreos/go-systemd/v22/dbus"
)

// Unit is the unit's state now, in one consistent look. A name without a suffix means a
// service. [ErrNoSuchUnit] where there is none: no file, and nothing that still runs.
func (c *Conn) Unit(ctx context.Context, name string) (Unit, error) {
	name = full(name)
	ctx, cancel := context.WithTimeout(ctx, lifecycle.Bus)
	defer cancel()
	var props properties
	err := c.call(ctx, func(bus *sd.Conn) (err error) {
		// All interfaces in one answer: asking for each by itself could mix two runs.
		props, err = bus.GetAllPropertiesContext(ctx, name)
		return err
	})
	if err != nil {
		return Unit{}, named("look at "+name, err)
	}
	u := props.unit()
	if u.Load == "not-found" && !u.Running() && u.Active != "activating" && u.Active != "deactivating" {
		return Unit{}, fmt.Errorf("look at %s: %w", name, ErrNoSuchUnit)
	}
	return u, nil
}

func full(name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	return name + ".service"
}

// properties are what systemd answers; what does not exist, or of another type than this
// package knows, reads as zero.
type properties map[string]any

func (p properties) unit() Unit {
	u := Unit{
		Name: get[string](p, "Id"), Load: get[string](p, "LoadState"),
		Active: get[string](p, "ActiveState"), Sub: get[string](p, "SubState"),
		Type:         get[string](p, "Type"),
		StartTimeout: p.span("TimeoutStartUSec"), StopTimeout: p.span("TimeoutStopUSec"),
		FragmentPath: get[string](p, "FragmentPath"), DropInPaths: get[[]string](p, "DropInPaths"),
		NeedDaemonReload: get[bool](p, "NeedDaemonReload"),
		InvocationID:     p.invocation(),
		MainPID:          int(get[uint32](p, "MainPID")), NRestarts: int(get[uint32](p, "NRestarts")),
		Result: get[string](p, "Result"), ExitCode: int(get[int32](p, "ExecMainCode")), ExitStatus: int(get[int32](p, "ExecMainStatus")),
		ExecMainStart: p.at("ExecMainStartTimestamp"),
		ControlGroup:  get[string](p, "ControlGroup"),
	}
	u.Masked = u.Load == "masked"
	if job := get[[]any](p, "Job"); len(job) > 0 {
		id, _ := job[0].(uint32)
		u.Job = int(id)
	}
	return u
}

func get[T any](p properties, name string) T {
	v, _ := p[name].(T)
	return v
}

// at is a time of the wall clock in microseconds; 0 means never.
func (p properties) at(name string) time.Time {
	us := get[uint64](p, name)
	if us == 0 || us > math.MaxInt64 {
		return time.Time{}
	}
	return time.UnixMicro(int64(us))
}

// span is a duration in microseconds; systemd writes infinity as the largest number.
func (p properties) span(name string) time.Duration {
	us := get[uint64](p, name)
	if us > uint64(math.MaxInt64/time.Microsecond) {
		return -1
	}
	return time.Duration(us) * time.Microsecond
}

// invocation is all zeros, or nothing, for a unit that never ran.
func (p properties) invocation() string {
	id := get[[]byte](p, "InvocationID")
	for _, b := range id {
		if b != 0 {
			return hex.EncodeToString(id)
		}
	}
	return ""
}
