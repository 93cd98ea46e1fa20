package node

import "testing"

func TestFlockOf(t *testing.T) {
	const locks = "1: POSIX  ADVISORY  WRITE 700 08:01:4711 0 EOF\n2: FLOCK  ADVISORY  WRITE 812 08:01:4711 0 EOF\n2: -> FLOCK  ADVISORY  WRITE 813 08:01:4712 0 EOF\n"
	if pid, held := flockOf(locks, "08:01:4711"); pid != "812" || !held {
		t.Errorf("%q, %v", pid, held)
	}
	if _, held := flockOf(locks, "08:01:4712"); held {
		t.Error("one who waits for a lock is taken for its holder")
	}
	if _, held := flockOf("", "08:01:4711"); held {
		t.Error("no lock is a lock")
	}
}
