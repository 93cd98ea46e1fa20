//go:build failpoint

package hostfs

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

type operation struct {
	name string
	// points are reached in this order, some twice.
	points string
	do     func(*Root) error
	// before and after are the files of the tree and what they hold.
	before, after string
}

const (
	keptFile = "/etc/crio/crio.conf.d/a.conf"
	madeFile = "/etc/crio/crio.conf.d/b.conf"
)

func operations() []operation {
	old, fresh := []byte(oldText), []byte(newText)
	const before = keptFile + "=" + oldText
	return []operation{
		{
			"replace",
			"before-temp after-temp after-write after-metadata after-link after-fsync before-rename after-rename after-sync",
			func(r *Root) error { return r.Replace(keptFile, fresh, Digest(old), WriteOptions{}) }, before, keptFile + "=" + newText,
		},
		{
			"create",
			"before-temp after-temp after-write after-metadata before-fsync after-fsync after-link after-create after-sync",
			func(r *Root) error { return r.Create(madeFile, fresh, 0o600) }, before, before + madeFile + "=" + newText,
		},
		{"remove", "before-remove after-remove", func(r *Root) error { return r.Remove(keptFile, Digest(old)) }, before, ""},
		{
			"mkdir", "before-mkdir after-mkdir",
			func(r *Root) error { return r.Mkdir("/etc/crio/new", 0o755) }, before, before + "/etc/crio/new/",
		},
	}
}

func content(t *testing.T, r *Root) string {
	t.Helper()
	var all strings.Builder
	for _, name := range strings.Fields(names(t, r)) {
		all.WriteString(name + "=" + read(t, r, name))
	}
	if ok, _ := r.Exists("/etc/crio/new"); ok {
		all.WriteString("/etc/crio/new/")
	}
	return all.String()
}

// A kill at any point leaves the old or the new, nothing where a daemon looks, and nothing
// at all after a sweep. An error leaves what it says.
func TestBrokenAtEachPoint(t *testing.T) {
	if at := os.Getenv("HOSTFS_TEST_ROOT"); at != "" {
		r, err := Open(at)
		if err != nil {
			t.Fatal(err)
		}
		r.named = os.Getenv("HOSTFS_TEST_NAMED") == "true"
		for _, o := range operations() {
			if o.name == os.Getenv("HOSTFS_TEST_OPERATION") {
				fmt.Printf("RESULT %v\n", o.do(r))
			}
		}
		return
	}
	for _, o := range operations() {
		for _, named := range []bool{false, true} {
			for _, point := range strings.Fields(o.points) {
				if named && point == "before-fsync" {
					continue // not on the way of a named temporary file
				}
				for _, action := range []string{"kill", "enospc", "error"} {
					t.Run(fmt.Sprintf("%s/named=%v/%s/%s", o.name, named, point, action), func(t *testing.T) {
						broken(t, o, named, point, action)
					})
				}
			}
		}
	}
}

func broken(t *testing.T, o operation, named bool, point, action string) {
	r := tree(t, keptFile+" = "+oldText)
	seen := watch(t, r, "/etc/crio/crio.conf.d")
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestBrokenAtEachPoint$")
	cmd.Env = append(os.Environ(), "HOSTFS_TEST_ROOT="+r.dir, "HOSTFS_TEST_OPERATION="+o.name, fmt.Sprint("HOSTFS_TEST_NAMED=", named),
		"FAILPOINT_PLEGCTL=hostfs/"+point+"="+action)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if action == "kill" && !errors.As(err, &exit) {
		t.Fatalf("it was not killed: %s", out)
	}
	for _, name := range seen() {
		if name != "a.conf" && name != "b.conf" {
			t.Errorf("a daemon could see %s", name)
		}
	}
	if action == "kill" {
		if _, err := r.Sweep(keptFile); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Sweep(madeFile); err != nil {
			t.Fatal(err)
		}
	}
	got := content(t, r)
	switch {
	case got != o.before && got != o.after:
		t.Errorf("neither old nor new: %q", got)
	case strings.Contains(string(out), "RESULT <nil>") && got != o.after:
		t.Errorf("success, but it is %q", got)
	case strings.Contains(string(out), string(Intact)) && got != o.before:
		t.Errorf("said to be intact, but it is %q", got)
	case strings.Contains(string(out), string(Written)) && got != o.after:
		t.Errorf("said to be written, but it is %q", got)
	case action == "enospc" && !strings.Contains(string(out), "RESULT <nil>") && !strings.Contains(string(out), ErrNoSpace.Error()):
		t.Errorf("the reason is not told: %s", out)
	}
}
