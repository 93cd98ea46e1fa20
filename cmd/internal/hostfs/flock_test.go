package hostfs

import "testing"

func TestFlockOf(t *testing.T) {
	const locks = "1: POSIX  ADVISORY  WRITE 700 08:01:4711 0 EOF\n2: FLOCK  ADVISORY  WRITE 812 08:01:4711 0 EOF\n2: -> FLOCK  ADVISORY  WRITE 813 08:01:4712 0 EOF\n"
	if pid := flockOf(locks, "08:01:4711"); pid != "812" {
		t.Errorf("%q", pid)
	}
	if pid := flockOf(locks, "08:01:4712"); pid != "" {
		t.Error("one who waits for a lock is taken for its holder")
	}
	if pid := flockOf("", "08:01:4711"); pid != "" {
		t.Error("no lock is a lock")
	}
}
