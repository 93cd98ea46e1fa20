package systemd

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

func TestNoBus(t *testing.T) {
	none := Options{Bus: "unix:path=/nonexistent/bus", Private: "unix:path=/nonexistent/private"}
	if _, err := Dial(t.Context(), none); !errors.Is(err, ErrNoBus) || !strings.Contains(err.Error(), "private socket") {
		t.Errorf("%v", err)
	}
	c := New(none) // dials nothing
	if _, err := c.Unit(t.Context(), "kubelet"); !errors.Is(err, ErrNoBus) {
		t.Errorf("%v", err)
	}
	if _, err := c.Do(t.Context(), Restart, "kubelet"); !errors.Is(err, ErrNoBus) {
		t.Errorf("%v", err)
	}
}

// Many containers have a bus and no systemd.
func TestBusWithoutSystemd(t *testing.T) {
	b := startBus(t)
	if _, err := Dial(t.Context(), Options{Bus: b.address, Private: "unix:path=/nonexistent"}); !errors.Is(err, ErrNoBus) {
		t.Errorf("%v", err)
	}
}

func TestPrivateSocketComesSecond(t *testing.T) {
	b := startBus(t)
	startFake(t, b).add("kubelet.service")
	// A bus daemon in the place of systemd's own socket wants a Hello, so being refused
	// for the lack of it shows that this way was tried, and tried without one.
	_, err := Dial(t.Context(), Options{Bus: "unix:path=/nonexistent", Private: b.address})
	if err == nil || !strings.Contains(err.Error(), "private socket") || strings.Contains(err.Error(), "private socket: dial") {
		t.Errorf("%v", err)
	}
}

// A server that takes the connection and then says nothing must not hang us.
func TestSilentServer(t *testing.T) {
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := net.Listen("unix", dir+"/bus")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = Dial(ctx, Options{Bus: "unix:path=" + dir + "/bus", Private: "unix:path=/nonexistent"})
	if !errors.Is(err, ErrNoBus) || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// The connection is not bound to the context of the call that happened to dial it.
func TestConnectionOutlivesTheCallThatDialled(t *testing.T) {
	_, f, c := setUp(t)
	f.add("kubelet.service")
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := c.Unit(ctx, "kubelet"); err != nil {
		t.Fatal(err)
	}
	dialled := c.bus
	cancel()
	for range 20 { // what closed it would do so in its own time
		if _, err := c.Unit(t.Context(), "kubelet"); err != nil || c.bus != dialled {
			t.Fatalf("%v, another connection: %v", err, c.bus != dialled)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Unit(t.Context(), "kubelet"); err != nil {
		t.Errorf("after Close: %v", err)
	}
}

func TestRedialAfterALostConnection(t *testing.T) {
	b, f, c := setUp(t)
	f.add("kubelet.service")
	if _, err := c.Unit(t.Context(), "kubelet"); err != nil {
		t.Fatal(err)
	}
	b.stop()
	b.start(t)
	f.join(b)
	if _, err := c.Do(t.Context(), Restart, "kubelet"); err != nil {
		t.Errorf("after the bus was restarted: %v", err)
	}
	b.stop()
	if _, err := c.Unit(t.Context(), "kubelet"); !errors.Is(err, ErrNoBus) {
		t.Errorf("without a bus: %v", err)
	}
}

// The bus goes in the middle of a restart, and with it the signal that would end it.
func TestBusRestartsInTheMiddleOfAJob(t *testing.T) {
	b, f, c := setUp(t)
	u := f.add("kubelet.service")
	queued := make(chan struct{})
	f.behave(func() string { close(queued); return "" })
	go func() {
		<-queued
		b.stop()
		f.mu.Lock()
		f.run(u)
		clear(f.jobs)
		f.on = func(string, string) string { panic("a second restart") }
		f.mu.Unlock()
		b.start(t)
		f.join(b)
	}()
	if _, err := c.Do(t.Context(), Restart, "kubelet"); err != nil {
		t.Error(err)
	}
	if got := f.seen(); got != "RestartUnit kubelet.service replace" {
		t.Errorf("calls: %s", got)
	}
}

func TestOtherErrorsComeThrough(t *testing.T) {
	_, f, c := setUp(t)
	f.refuse("GetAll", &dbus.Error{Name: "org.freedesktop.DBus.Error.Failed", Body: []any{"out of order"}})
	_, err := c.Unit(t.Context(), "kubelet")
	if err == nil || !strings.Contains(err.Error(), "out of order") || errors.Is(err, ErrNoSuchUnit) {
		t.Errorf("%v", err)
	}
}
