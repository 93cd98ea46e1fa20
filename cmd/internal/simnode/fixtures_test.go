package simnode

import (
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

const tick = 20 * time.Millisecond

func start(t *testing.T, o Options) *Node {
	t.Helper()
	if o.Second == 0 {
		o.Second = tick
	}
	n, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

func on(yes bool) *bool { return &yes }

func unitOf(t *testing.T, n *Node, name string) systemd.Unit {
	t.Helper()
	u, err := n.Host().Units.Unit(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// eventually waits until something holds, for as long as the test may run.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline, bounded := t.Deadline()
	for ; !holds(); time.Sleep(time.Millisecond) {
		if bounded && time.Until(deadline) < 10*time.Second {
			t.Fatalf("never: %s", what)
		}
	}
}

func entries(t *testing.T, n *Node, q journal.Query) (list []journal.Entry) {
	t.Helper()
	err := n.Host().Journal.Read(t.Context(), q, func(e journal.Entry) error {
		e.Message = append([]byte(nil), e.Message...)
		list = append(list, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
