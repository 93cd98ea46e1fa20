package hostfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const oldText, newText = "kind: old\n", "kind: new\nmore: text\n"

func umask(t *testing.T, mask int) {
	t.Helper()
	before := unix.Umask(mask)
	t.Cleanup(func() { unix.Umask(before) })
}

func TestReplaceKeepsModeOwnerAndXattrs(t *testing.T) {
	owners := [][2]int{{os.Getuid(), os.Getgid()}}
	if os.Getuid() == 0 {
		owners = append(owners, [2]int{123, 456})
	}
	for _, mode := range []fs.FileMode{0o400, 0o640, 0o666, 0o755 | fs.ModeSetuid | fs.ModeSetgid} {
		for _, mask := range []int{0, 0o077} {
			for _, owner := range owners {
				for _, linked := range []bool{false, true} {
					for _, xattr := range []string{"", "user.note", "system.posix_acl_access"} {
						for _, named := range []bool{false, true} {
							name := fmt.Sprintf("%v/%03o/%d/linked=%v/%s/named=%v", mode, mask, owner[0], linked, xattr, named)
							t.Run(name, func(t *testing.T) {
								umask(t, mask)
								replaceKeeps(t, mode, owner, linked, xattr, named)
							})
						}
					}
				}
			}
		}
	}
}

func replaceKeeps(t *testing.T, mode fs.FileMode, owner [2]int, linked bool, xattr string, named bool) {
	r := tree(t, "var/lib/kubelet/config.yaml = "+oldText, "etc/link -> /var/lib/kubelet/config.yaml")
	r.named = named
	const file = "/var/lib/kubelet/config.yaml"
	here := filepath.Join(r.dir, file)
	if xattr != "" {
		value := []byte("kept \x00 bytes")
		if xattr == "system.posix_acl_access" {
			value = acl()
		}
		setXattr(t, here, xattr, value)
	}
	if err := errors.Join(os.Chown(here, owner[0], owner[1]), os.Chmod(here, mode)); err != nil {
		t.Fatal(err)
	}
	before, err := r.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	name := file
	if linked {
		name = "/etc/link"
	}
	if err := r.Replace(name, []byte(newText), Digest([]byte(oldText)), WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	after, err := r.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, r, file); got != newText {
		t.Errorf("content %q", got)
	}
	if after.difference(before.Attrs) != "" || after.Mode != mode || after.UID != owner[0] || after.GID != owner[1] {
		t.Errorf("before %+v, after %+v", before.Attrs, after.Attrs)
	}
	if before.Ino == after.Ino {
		t.Error("the file was overwritten, not replaced")
	}
	if target, err := os.Readlink(r.dir + "/etc/link"); err != nil || target != file {
		t.Errorf("the link is %q, %v", target, err)
	}
	if got := names(t, r); got != "/etc/link "+file {
		t.Errorf("left: %s", got)
	}
}

func TestRestoreGivesBackRecordedAttributes(t *testing.T) {
	r := tree(t, "f = now")
	m, err := r.Stat("/f")
	if err != nil {
		t.Fatal(err)
	}
	then := Attrs{Mode: 0o604, UID: m.UID, GID: m.GID, Xattrs: map[string][]byte{"user.a": []byte("1")}}
	err = r.Restore("/f", []byte("then"), Digest([]byte("now")), then, WriteOptions{})
	if errors.Is(err, unix.ENOTSUP) {
		t.Skip("SKIPPED: no user.* here")
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Stat("/f")
	if err != nil || got.difference(then) != "" || read(t, r, "/f") != "then" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := r.Remove("/f", Digest([]byte("then"))); err != nil {
		t.Fatal(err)
	}
	if err := r.Restore("/f", []byte("again"), Absent, then, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Stat("/f"); err != nil || got.difference(then) != "" || read(t, r, "/f") != "again" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCreate(t *testing.T) {
	for _, named := range []bool{false, true} {
		for _, mode := range []fs.FileMode{0o400, 0o600, 0o644, 0o666} {
			for _, mask := range []int{0, 0o022, 0o077} {
				t.Run(fmt.Sprintf("named=%v/%v/%03o", named, mode, mask), func(t *testing.T) {
					umask(t, mask)
					r := tree(t, "etc/crio/crio.conf.d/")
					r.named = named
					const file = "/etc/crio/crio.conf.d/99-evented-pleg.conf"
					if err := r.Create(file, []byte(newText), mode); err != nil {
						t.Fatal(err)
					}
					m, err := r.Stat(file)
					if err != nil || m.Mode != mode || m.UID != os.Geteuid() || m.Links != 1 || read(t, r, file) != newText {
						t.Errorf("%+v, %v", m, err)
					}
					if got := names(t, r); got != file {
						t.Errorf("left: %s", got)
					}
					err = r.Create(file, []byte("other"), mode)
					var changed *ChangedError
					if !errors.As(err, &changed) || !errors.Is(err, fs.ErrExist) || changed.Got != Digest([]byte(newText)) {
						t.Errorf("a second time: %v", err)
					}
					if read(t, r, file) != newText || names(t, r) != file {
						t.Error("a refused create changed something")
					}
				})
			}
		}
	}
}

func TestCreateRefusesWhatIsThere(t *testing.T) {
	r := tree(t, "dangling -> /nothing", "dir/", "l -> f", "f = x")
	for _, name := range []string{"/dangling", "/dir", "/l", "/f"} {
		if err := r.Create(name, nil, 0o644); !errors.Is(err, fs.ErrExist) {
			t.Errorf("Create(%s): %v", name, err)
		}
	}
	if err := r.Create("/none/f", nil, 0o644); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a missing directory: %v", err)
	}
	if got := names(t, r); got != "/dangling /f /l" {
		t.Errorf("left: %s", got)
	}
}

// Whatever differs from what the caller expects is left alone, with all that is around it.
func TestDriftIsRefused(t *testing.T) {
	r := tree(t, "d/f = drifted", "d/dir/", "d/l -> f")
	old := Digest([]byte(oldText))
	for name, err := range map[string]error{
		"replace":          r.Replace("/d/f", []byte(newText), old, WriteOptions{}),
		"replace absent":   r.Replace("/d/f", []byte(newText), Absent, WriteOptions{}),
		"restore":          r.Restore("/d/f", []byte(newText), old, Attrs{Mode: 0o600}, WriteOptions{}),
		"restore absent":   r.Restore("/d/f", []byte(newText), Absent, Attrs{Mode: 0o600}, WriteOptions{}),
		"remove":           r.Remove("/d/f", old),
		"in place":         r.Replace("/d/f", []byte(newText), old, WriteOptions{InPlace: true}),
		"missing, replace": r.Replace("/d/none", []byte(newText), old, WriteOptions{}),
		"missing, remove":  r.Remove("/d/none", old),
	} {
		var changed *ChangedError
		if !errors.As(err, &changed) {
			t.Errorf("%s: %v", name, err)
		} else if missing := strings.HasPrefix(name, "missing"); errors.Is(err, fs.ErrNotExist) != missing {
			t.Errorf("%s: fs.ErrNotExist is %v", name, !missing)
		}
	}
	for name, err := range map[string]error{
		"replace a directory": r.Replace("/d/dir", nil, old, WriteOptions{}),
		"remove a directory":  r.Remove("/d/dir", old),
		"remove a link":       r.Remove("/d/l", Digest([]byte("drifted"))),
	} {
		if !errors.Is(err, ErrNotRegular) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := names(t, r); got != "/d/f /d/l" || read(t, r, "/d/f") != "drifted" {
		t.Errorf("changed: %s", got)
	}
}

func TestRemoveAndDirectories(t *testing.T) {
	umask(t, 0o077)
	r := tree(t, "etc/", "var/run -> /etc")
	if err := r.Mkdir("/var/run/crio.service.d/", 0o755); err != nil {
		t.Fatal(err)
	}
	if m, err := r.Stat("/etc/crio.service.d"); err != nil || m.Mode != 0o755 || !m.IsDir() {
		t.Errorf("%+v, %v", m, err)
	}
	if err := r.Mkdir("/etc/crio.service.d", 0o755); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second time: %v", err)
	}
	if err := r.Create("/etc/crio.service.d/x.conf", []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := r.Rmdir("/etc/crio.service.d"); !errors.Is(err, unix.ENOTEMPTY) {
		t.Errorf("Rmdir of a full directory: %v", err)
	}
	if err := r.Remove("/var/run/crio.service.d/x.conf", Digest([]byte("x"))); err != nil {
		t.Error(err)
	}
	if err := r.Rmdir("/etc/crio.service.d"); err != nil {
		t.Error(err)
	}
	if err := r.Rmdir("/"); err == nil {
		t.Error("Rmdir removed the root")
	}
}

func TestReadOnlyRootChangesNothing(t *testing.T) {
	r := tree(t, "f = x").ReadOnly()
	_, sweep := r.Sweep("/f")
	for name, err := range map[string]error{
		"replace": r.Replace("/f", nil, Digest([]byte("x")), WriteOptions{InPlace: true}), "create": r.Create("/g", nil, 0o644),
		"restore": r.Restore("/g", nil, Absent, Attrs{}, WriteOptions{}), "remove": r.Remove("/f", Digest([]byte("x"))),
		"mkdir": r.Mkdir("/d", 0o755), "rmdir": r.Rmdir("/d"), "sweep": sweep,
	} {
		if !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := names(t, r); got != "/f" || read(t, r, "/f") != "x" {
		t.Errorf("changed: %s", got)
	}
}

func TestSweepRemovesOnlyLeftovers(t *testing.T) {
	r := tree(t, "etc/crio/.x.conf.plegctl-0123 = half", "etc/crio/crio.conf.d/.x.conf.plegctl-45 = half", "etc/crio/crio.conf.d/x.conf = x",
		"etc/crio/.y.conf.plegctl-67 = other", "etc/crio/x.conf.plegctl-89 = admin", "etc/crio/.x.conf.plegctl-dir/f = admin")
	swept, err := r.Sweep("/etc/crio/crio.conf.d/x.conf")
	if got := strings.Join(swept, " "); err != nil || got != "/etc/crio/.x.conf.plegctl-0123 /etc/crio/crio.conf.d/.x.conf.plegctl-45" {
		t.Errorf("swept %q, %v", got, err)
	}
	if got := names(t, r); got != "/etc/crio/.x.conf.plegctl-dir/f /etc/crio/.y.conf.plegctl-67 /etc/crio/crio.conf.d/x.conf /etc/crio/x.conf.plegctl-89" {
		t.Errorf("left: %s", got)
	}
	if swept, err := r.Sweep("/none/at/all"); err != nil || swept != nil {
		t.Errorf("%q, %v", swept, err)
	}
	// A directory that was made and rolled back leaves what was staged above it.
	if swept, err := r.Sweep("/etc/crio/gone.d/y.conf"); err != nil || len(swept) != 1 || swept[0] != "/etc/crio/.y.conf.plegctl-67" {
		t.Errorf("%q, %v", swept, err)
	}
}

func TestLongNames(t *testing.T) {
	r := tree(t)
	name := "/" + strings.Repeat("n", 255)
	if err := r.Create(name, []byte("a"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, named := range []bool{false, true} {
		r.named = named
		if err := r.Replace(name, []byte("a"), Digest([]byte("a")), WriteOptions{}); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkReplace(b *testing.B) {
	r := tree(b, "var/lib/kubelet/config.yaml = "+oldText)
	data := []byte(strings.Repeat("key: value\n", 400))
	expect := Digest([]byte(oldText))
	for b.Loop() {
		if err := r.Replace("/var/lib/kubelet/config.yaml", data, expect, WriteOptions{}); err != nil {
			b.Fatal(err)
		}
		expect = Digest(data)
	}
}

func BenchmarkReadFile(b *testing.B) {
	r := tree(b, "var/lib/kubelet/config.yaml = "+strings.Repeat("key: value\n", 400), "etc/l -> /var/lib/kubelet")
	b.Run("direct", func(b *testing.B) {
		for b.Loop() {
			if _, err := r.ReadFile("/var/lib/kubelet/config.yaml"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("linked", func(b *testing.B) {
		for b.Loop() {
			if _, err := r.ReadFile("/etc/l/config.yaml"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
