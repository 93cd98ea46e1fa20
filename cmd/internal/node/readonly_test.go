package node

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// eager are units that do everything at once.
type eager struct{ did *int }

func (eager) Unit(context.Context, string) (systemd.Unit, error) { return systemd.Unit{}, nil }

func (e eager) Do(context.Context, systemd.Verb, string) (systemd.Unit, error) {
	*e.did++
	return systemd.Unit{}, nil
}

func (e eager) Reload(context.Context) error {
	*e.did++
	return nil
}

// Whatever units can do, a command that only looks may do nothing but look.
func TestACommandThatLooksChangesNoUnit(t *testing.T) {
	did := 0
	units := reflect.ValueOf((&Host{Units: eager{&did}}).ReadOnly().Units)
	for i := range units.NumMethod() {
		name, method := units.Type().Method(i).Name, units.Method(i)
		args := []reflect.Value{reflect.ValueOf(t.Context())}
		for n := 1; n < method.Type().NumIn(); n++ {
			args = append(args, reflect.Zero(method.Type().In(n)))
		}
		out := method.Call(args)
		err, _ := out[len(out)-1].Interface().(error)
		if refused := errors.Is(err, ErrReadOnly); refused == (name == "Unit") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if did > 0 {
		t.Errorf("units were changed %d times", did)
	}
	if (&Host{}).ReadOnly().Units != nil {
		t.Error("a host without units got some")
	}
}
