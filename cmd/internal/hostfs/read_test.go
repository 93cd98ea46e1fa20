package hostfs

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestReadFile(t *testing.T) {
	r := tree(t, "etc/f = text", "etc/l -> /etc/f", "empty = ", "dir/")
	if err := unix.Mkfifo(r.dir+"/pipe", 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := r.ReadFile("/etc/l"); err != nil || string(data) != "text" {
		t.Errorf("%q, %v", data, err)
	}
	if data, err := r.ReadFileMax("/etc/f", 4); err != nil || string(data) != "text" {
		t.Errorf("just at the limit: %q, %v", data, err)
	}
	for name, want := range map[string]error{"/dir": ErrNotRegular, "/pipe": ErrNotRegular, "/none": fs.ErrNotExist, "/none/x": fs.ErrNotExist} {
		if _, err := r.ReadFile(name); !errors.Is(err, want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.ReadFileMax("/etc/f", 3); !errors.Is(err, ErrTooLarge) {
		t.Errorf("beyond the limit: %v", err)
	}
	empty, err := r.Digest("/empty")
	if err != nil || empty != Digest(nil) || empty == Absent {
		t.Errorf("%q, %v", empty, err)
	}
	if _, err := r.Digest("/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestReadDir(t *testing.T) {
	r := tree(t, "d/b = 1", "d/a/", "d/c -> /d/a", "l -> d")
	entries, err := r.ReadDir("/l")
	var got []string
	for _, e := range entries {
		got = append(got, fmt.Sprint(e.Name(), " ", e.Type(), " ", e.IsDir()))
	}
	if want := []string{"a d--------- true", "b ---------- false", "c L--------- false"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := r.ReadDir("/d/b"); !errors.Is(err, unix.ENOTDIR) {
		t.Errorf("a file: %v", err)
	}
	if _, err := r.ReadDir("/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
}

func TestExists(t *testing.T) {
	r := tree(t, "f = x", "dangling -> none", "loop -> loop")
	for name, want := range map[string]bool{"/f": true, "/": true, "/none": false, "/none/x": false, "/dangling": false} {
		if got, err := r.Exists(name); err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := r.Exists("/loop"); err == nil {
		t.Error("a loop is not an answer")
	}
}

// filepath.Walk is what CRI-O walks crio.conf.d with.
func TestWalkIsFilepathWalk(t *testing.T) {
	r := tree(t, "d/b/c = 1", "d/b/a = 1", "d/z = 1", "d/a/x/y = 1", "d/link -> /d/b", "d/.hidden = 1", "d/dangling -> none", "d/loop -> /d", "root -> d")
	for _, root := range []string{"/d", "/d/z", "/root", "/none"} {
		for _, stop := range []string{"", "/d/b", "/d/b/a", "/d/a/x", "/d"} {
			for _, how := range []error{fs.SkipDir, fs.SkipAll} {
				var want, got []string
				wantErr := filepath.Walk(r.dir+root, func(p string, info os.FileInfo, err error) error {
					want = append(want, fmt.Sprint(strings.TrimPrefix(p, r.dir), err != nil, info != nil && info.IsDir()))
					if p == r.dir+stop {
						return how
					}
					return nil
				})
				gotErr := r.Walk(root, WalkOptions{}, func(p string, e fs.DirEntry, err error) error {
					got = append(got, fmt.Sprint(p, err != nil, e.IsDir()))
					if p == stop {
						return how
					}
					return nil
				})
				if !slices.Equal(got, want) || (gotErr == nil) != (wantErr == nil) {
					t.Errorf("%s stop %s: %q %v, want %q %v", root, stop, got, gotErr, want, wantErr)
				}
			}
		}
	}
}

func TestWalkFollows(t *testing.T) {
	r := tree(t, "d/f = 1", "e/g = 1", "d/link -> /e", "e/back -> /d", "root -> d")
	walk := func(root string, o WalkOptions) string {
		var got []string
		err := r.Walk(root, o, func(p string, _ fs.DirEntry, err error) error {
			got = append(got, p)
			return err
		})
		return fmt.Sprint(strings.Join(got, " "), " ", err)
	}
	for _, c := range []struct {
		root string
		o    WalkOptions
		want string
	}{
		{"/root", WalkOptions{}, "/root <nil>"},
		{"/root", WalkOptions{FollowRoot: true}, "/root /root/f /root/link <nil>"},
		{"/d", WalkOptions{FollowDirs: true}, "/d /d/f /d/link /d/link/back /d/link/g <nil>"},
		{"/d", WalkOptions{Max: 2}, "/d /d/f walk /d/link: too many files"},
	} {
		if got := walk(c.root, c.o); got != c.want {
			t.Errorf("%s %+v: %s, want %s", c.root, c.o, got, c.want)
		}
	}
	stop := errors.New("stop")
	if err := r.Walk("/d", WalkOptions{}, func(string, fs.DirEntry, error) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

func TestSocketsWithLongPaths(t *testing.T) {
	deep := strings.Repeat("/a-directory-with-a-long-name", 6)
	r := tree(t, deep+"/", "run -> "+deep)
	short, closer, err := r.Socket("/run/crio.sock")
	if err != nil {
		t.Fatal(err)
	}
	defer closer()
	if len(short) > maxSocketPath {
		t.Fatalf("%q has %d bytes", short, len(short))
	}
	l, err := net.Listen("unix", short)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := os.Lstat(r.dir + deep + "/crio.sock"); err != nil {
		t.Error(err)
	}
	c, err := net.Dial("unix", short)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if _, _, err := r.Socket("/none/crio.sock"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if got, closer, err := r.Socket("/x.sock"); err != nil || got != r.dir+"/x.sock" || closer() != nil {
		t.Errorf("%q, %v", got, err)
	}
}
