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

func TestDpkgVersion(t *testing.T) {
	const status = `Package: kubelet
Status: install ok installed
Description: Node agent
 Version: 9.9.9 is only text here
Version: 1.36.3-1.1

Package: containerd
Status: deinstall ok config-files
Version: 1.6.20~ds1-1

Package: containerd.io
Status: install ok installed
Version: 2:1.7.27-1
`
	for name, want := range map[string]string{"kubelet": "1.36.3-1.1", "containerd": "", "containerd.io": "1.7.27-1", "cri-o": ""} {
		if got, ok := dpkgVersion(status, name); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
}
