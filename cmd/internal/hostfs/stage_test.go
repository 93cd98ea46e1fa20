package hostfs

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// watch reports every name that appears in or leaves a directory of the root.
func watch(t *testing.T, r *Root, directory string) func() []string {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		t.Skipf("SKIPPED: no inotify: %v", err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if _, err := unix.InotifyAddWatch(fd, filepath.Join(r.dir, directory), unix.IN_CREATE|unix.IN_DELETE|unix.IN_MOVE); err != nil {
		t.Fatal(err)
	}
	return func() []string {
		var seen []string
		buf := make([]byte, 1<<16)
		n, err := unix.Read(fd, buf)
		if errors.Is(err, unix.EAGAIN) {
			return nil
		}
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < n; {
			event := (*unix.InotifyEvent)(unsafe.Pointer(&buf[at]))
			name := buf[at+unix.SizeofInotifyEvent : at+unix.SizeofInotifyEvent+int(event.Len)]
			seen = append(seen, string(bytes.TrimRight(name, "\x00")))
			at += unix.SizeofInotifyEvent + int(event.Len)
		}
		return slices.Compact(seen)
	}
}

// A daemon that reads a whole directory may look at any moment: no other name than the file's
// own may ever be in it.
func TestNoTemporaryFileInADirectoryThatIsReadWhole(t *testing.T) {
	for _, directory := range []string{"/etc/crio/crio.conf.d", "/etc/crio/crio.conf.d/below", "/etc/kubernetes/manifests"} {
		for _, named := range []bool{false, true} {
			r := tree(t, directory+"/old.conf = "+oldText)
			r.named = named
			seen := watch(t, r, directory)
			if err := r.Replace(directory+"/old.conf", []byte(newText), Digest([]byte(oldText)), WriteOptions{}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(seen(), " "); got != "old.conf" {
				t.Errorf("%s named=%v: replace showed %q", directory, named, got)
			}
			if err := r.Create(directory+"/new.conf", []byte(newText), 0o644); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(seen(), " "); got != "new.conf" {
				t.Errorf("%s named=%v: create showed %q", directory, named, got)
			}
			if got := names(t, r); got != directory+"/new.conf "+directory+"/old.conf" {
				t.Errorf("left: %s", got)
			}
		}
	}
}

// Where every byte of a file is read again and again, it is always all old or all new.
func TestReplaceIsAtomicToReaders(t *testing.T) {
	r := tree(t, "d/f = ")
	a, b := bytes.Repeat([]byte("a"), 100_000), bytes.Repeat([]byte("b"), 50_000)
	if err := os.WriteFile(r.dir+"/d/f", a, 0o644); err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan string)
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			got, err := r.ReadFile("/d/f")
			if err != nil || !bytes.Equal(got, a) && !bytes.Equal(got, b) {
				done <- "a reader saw something else"
				return
			}
		}
	}()
	for i := range 40 {
		from, to := a, b
		if i%2 == 1 {
			from, to = b, a
		}
		if err := r.Replace("/d/f", to, Digest(from), WriteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	if wrong := <-done; wrong != "" {
		t.Error(wrong)
	}
}

// Somebody flips a link between a directory inside and one outside the root, and a directory
// against that link, while files are replaced. Nothing outside may change.
func TestFlippedLinksNeverLeadOut(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(outside+"/f", []byte(oldText), 0o644); err != nil {
		t.Fatal(err)
	}
	r := tree(t, "a/f = "+oldText, "b/f = "+oldText, "x/f = "+oldText, "spare -> "+outside)
	if err := os.Symlink("a", r.dir+"/link"); err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		up := strings.Repeat("../", 30)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			target := []string{"a", outside, "b", up + outside[1:], "/a"}[i%5]
			_ = os.Symlink(target, r.dir+"/next")
			_ = os.Rename(r.dir+"/next", r.dir+"/link")
			_ = unix.Renameat2(unix.AT_FDCWD, r.dir+"/x", unix.AT_FDCWD, r.dir+"/spare", unix.RENAME_EXCHANGE)
		}
	}()
	wrote := 0
	for i := range 200 {
		name := []string{"/link/f", "/x/f"}[i%2]
		err := r.Replace(name, []byte(oldText), Digest([]byte(oldText)), WriteOptions{})
		if err == nil {
			wrote++
		}
		// A name in outside does not exist inside, so that is all that may go wrong.
		if err := r.Create([]string{"/link/g", "/x/g"}[i%2], []byte("g"), 0o600); err == nil {
			wrote++
		}
	}
	close(stop)
	<-done
	got, err := os.ReadFile(outside + "/f")
	if err != nil || string(got) != oldText {
		t.Errorf("outside: %q, %v", got, err)
	}
	entries, _ := os.ReadDir(outside)
	if len(entries) != 1 {
		t.Errorf("outside holds %v", entries)
	}
	if wrote == 0 {
		t.Error("no write ever succeeded, so nothing was tested")
	}
}
