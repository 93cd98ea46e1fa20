package procfs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func procWith(t *testing.T, processes map[int][2]string) Table {
	t.Helper()
	table := New(t.TempDir(), nil)
	writeProc(t, table, "stat", "cpu 1 2 3\nbtime 1795430000\nprocesses 9\n")
	for pid, one := range processes {
		writeProc(t, table, strconv.Itoa(pid)+"/stat", one[0])
		writeProc(t, table, strconv.Itoa(pid)+"/cmdline", one[1])
		writeProc(t, table, strconv.Itoa(pid)+"/environ", "A=1\x00B=two words\x00")
	}
	return table
}

func writeProc(t *testing.T, table Table, name, text string) {
	t.Helper()
	file := filepath.Join(table.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// The name in stat may hold blanks and brackets, so the fields count from its end.
const statText = "812 (ku) be (let) S 1 812 812 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 12 0 250050 1 2 3\n"

func TestProcess(t *testing.T) {
	proc := procWith(t, map[int][2]string{812: {statText, "/usr/bin/kubelet\x00--config=/a b\x00--v\x002\x00"}})
	p, err := proc.Process(812)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Unix(1795430000+2500, 500e6); !p.Start.Equal(want) {
		t.Errorf("started %s, want %s", p.Start, want)
	}
	if strings.Join(p.Args, "|") != "/usr/bin/kubelet|--config=/a b|--v|2" || strings.Join(p.Env, "|") != "A=1|B=two words" {
		t.Errorf("args %q, environment %q", p.Args, p.Env)
	}
	if _, err := proc.Process(1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a process that is gone: %v", err)
	}
}

func TestNamed(t *testing.T) {
	proc := procWith(t, map[int][2]string{
		812: {statText, "/usr/bin/kubelet\x00"}, 900: {statText, "/opt/bin/kubelet\x00--v=2\x00"},
		901: {statText, "/usr/bin/kubelet-wrapper\x00"}, 902: {statText, "sh\x00kubelet\x00"}, 903: {statText, ""},
	})
	found, err := proc.Named("kubelet")
	if err != nil || len(found) != 2 {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestBrokenProc(t *testing.T) {
	for _, bad := range []string{"", "812", "812 (x", "812 (x) S 1 2", "812 (x) S 1 812 812 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 12 0 late 1"} {
		proc := procWith(t, map[int][2]string{812: {bad, "kubelet\x00"}})
		if p, err := proc.Process(812); err == nil {
			t.Errorf("%q: read as %+v", bad, p)
		}
	}
}

// This test's own process is a process like any other.
func TestOwnProcess(t *testing.T) {
	p, err := New("/proc", nil).Process(os.Getpid())
	if err != nil {
		t.Skip(err)
	}
	if age := time.Since(p.Start); age < -2*time.Second || age > time.Hour || len(p.Args) == 0 || p.Exe == "" {
		t.Errorf("%+v, started %s ago", p, age)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(statText))
	f.Add([]byte(")"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		// A stat that is cut short must be an error and never a panic.
		_, _ = parseStat(data)
		_ = onlyUser(string(data))
		_ = isInCgroup(string(data), "/a")
		_, _ = parseAddress(string(data))
		_ = fields(data)
	})
}
