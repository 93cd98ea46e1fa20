package systemd

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

func TestStartService(t *testing.T) {
	_, f, c := setUp(t)
	err := c.StartService(t.Context(), ServiceSpec{
		Name: "plegctl-change-x", Description: "change", Exec: []string{"/var/lib/plegctl/plegctl", "in-service", "$HOME"},
		After: []string{"/var/lib/plegctl/plegctl", "after-service"}, Env: []string{"PLEGCTL_OUTPUT=json"}, Dir: "/root", StopTimeout: time.Minute,
		Retry: 30 * time.Second, Final: []int32{7},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := f.wanted("plegctl-change-x.service")
	for name, want := range map[string]struct{ signature, text string }{
		"ExecStart":                {"a(sasb)", "$$HOME"},
		"ExecStopPost":             {"a(sasb)", "after-service"},
		"Environment":              {"as", "PLEGCTL_OUTPUT=json"},
		"WorkingDirectory":         {"s", "/root"},
		"TimeoutStopUSec":          {"t", "60000000"},
		"Restart":                  {"s", "on-failure"},
		"RestartUSec":              {"t", "30000000"},
		"RestartPreventExitStatus": {"(aiai)", "7"},
		"CollectMode":              {"s", "inactive-or-failed"},
	} {
		if v := got[name]; v.Signature().String() != want.signature || !strings.Contains(v.String(), want.text) {
			t.Errorf("%s is %s %s", name, v.Signature(), v)
		}
	}
}

func TestStartServiceRefuses(t *testing.T) {
	_, f, c := setUp(t)
	if err := c.StartService(t.Context(), ServiceSpec{Name: "x", Exec: []string{"plegctl"}}); err == nil {
		t.Error("a program without its path was started")
	}
	f.refuse("StartTransientUnit", &dbus.Error{Name: "org.freedesktop.DBus.Error.AccessDenied"})
	if err := c.StartService(t.Context(), ServiceSpec{Name: "x", Exec: []string{"/bin/true"}}); !errors.Is(err, ErrDenied) {
		t.Errorf("%v", err)
	}
}

func TestServiceRuns(t *testing.T) {
	_, _, c := setUp(t)
	if runs, err := c.ServiceRuns(t.Context(), "not-there"); err != nil || runs {
		t.Errorf("%v, %v", runs, err)
	}
}
