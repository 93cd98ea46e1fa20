package hostfs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A name is trusted only if nobody else can change any step on the way to the file.
func TestTrusted(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"usr/bin", "open/bin", "shared/bin", "etc"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	put := func(name string, mode fs.FileMode) {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(file, nil, 0o755), os.Chmod(file, mode)); err != nil {
			t.Fatal(err)
		}
	}
	put("usr/bin/good", 0o755)
	put("usr/bin/group", 0o775)
	put("usr/bin/world", 0o757)
	put("open/bin/good", 0o755)
	put("shared/bin/good", 0o755)
	link := func(target, name string) {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link("usr/bin", "bin")
	link("/usr/bin/good", "etc/absolute")
	link("/usr/bin/good", "open/out")
	link("../open/bin/good", "etc/into-open")
	link("/etc/../open/../usr/bin/good", "etc/through-open")
	for _, open := range []struct {
		name string
		mode fs.FileMode
	}{{"open", 0o777}, {"shared", 0o777 | fs.ModeSticky}} {
		if err := os.Chmod(filepath.Join(dir, open.name), open.mode); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for name, want := range map[string]error{
		"/usr/bin/good": nil, "/bin/good": nil, "/etc/absolute": nil, "/usr/bin": nil,
		"/usr/bin/group": ErrUntrusted, "/usr/bin/world": ErrUntrusted,
		"/open/bin/good": ErrUntrusted, "/shared/bin/good": nil, "/shared": ErrUntrusted,
		"/open/out": ErrUntrusted, "/etc/into-open": ErrUntrusted, "/etc/through-open": ErrUntrusted,
		"/usr/bin/none": fs.ErrNotExist, "/none/good": fs.ErrNotExist,
	} {
		if err := r.Trusted(name); !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	if os.Geteuid() != 0 {
		return
	}
	for _, name := range []string{"usr/bin/good", "etc/absolute", "usr"} {
		if err := os.Lchown(filepath.Join(dir, name), 65534, 65534); err != nil {
			t.Fatal(err)
		}
		if err := r.Trusted("/" + name); !errors.Is(err, ErrUntrusted) {
			t.Errorf("%s of another user: %v", name, err)
		}
	}
}
