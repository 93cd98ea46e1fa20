package hostfs

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
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
