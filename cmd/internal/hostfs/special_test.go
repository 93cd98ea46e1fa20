package hostfs

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func wantIntact(t *testing.T, r *Root, file string, err, why error) {
	t.Helper()
	var w *WriteError
	if !errors.As(err, &w) || !errors.Is(err, why) || w.Left != Intact {
		t.Errorf("got %v, want %v", err, why)
	}
	if got := read(t, r, file); got != oldText {
		t.Errorf("the file holds %q", got)
	}
	if got := names(t, r); strings.Contains(got, ".plegctl-") {
		t.Errorf("left: %s", got)
	}
}

func replaceOld(r *Root, file string, data string, o WriteOptions) error {
	return r.Replace(file, []byte(data), Digest([]byte(oldText)), o)
}

func TestFullDisk(t *testing.T) {
	if ownMounts(t) {
		return
	}
	r := tree(t, "d/")
	mount(t, "tmpfs", r.dir+"/d", "tmpfs", 0, "size=64k")
	if err := os.WriteFile(r.dir+"/d/f", []byte(oldText), 0o644); err != nil {
		t.Fatal(err)
	}
	big := strings.Repeat("x", 200_000)
	for _, r.named = range []bool{false, true} {
		wantIntact(t, r, "/d/f", replaceOld(r, "/d/f", big, WriteOptions{}), ErrNoSpace)
		if err := r.Create("/d/new", []byte(big), 0o644); !errors.Is(err, ErrNoSpace) {
			t.Errorf("create: %v", err)
		}
		if got := names(t, r); got != "/d/f" {
			t.Errorf("left: %s", got)
		}
	}
	space, err := r.Space("/d/not/there")
	if err != nil || space.Free == 0 || space.Free > 64<<10 || space.Inodes == 0 {
		t.Errorf("%+v, %v", space, err)
	}
}

func TestReadOnlyFileSystem(t *testing.T) {
	if ownMounts(t) {
		return
	}
	r := tree(t, "d/")
	mount(t, "tmpfs", r.dir+"/d", "tmpfs", 0, "")
	if err := os.WriteFile(r.dir+"/d/f", []byte(oldText), 0o644); err != nil {
		t.Fatal(err)
	}
	mount(t, "", r.dir+"/d", "", unix.MS_REMOUNT|unix.MS_RDONLY, "")
	for _, r.named = range []bool{false, true} {
		wantIntact(t, r, "/d/f", replaceOld(r, "/d/f", newText, WriteOptions{}), ErrReadOnlyFS)
		wantIntact(t, r, "/d/f", r.Create("/d/g", nil, 0o644), ErrReadOnlyFS)
		wantIntact(t, r, "/d/f", r.Remove("/d/f", Digest([]byte(oldText))), ErrReadOnlyFS)
		wantIntact(t, r, "/d/f", r.Mkdir("/d/g", 0o755), ErrReadOnlyFS)
	}
	wantIntact(t, r, "/d/f", r.Writable("/d/f"), ErrReadOnlyFS)
	wantIntact(t, r, "/d/f", r.Writable("/d/not/there"), ErrReadOnlyFS)
}

func TestBindMountedFile(t *testing.T) {
	if ownMounts(t) {
		return
	}
	r := tree(t, "d/f = mount point", "source = "+oldText)
	if err := os.Chmod(r.dir+"/source", 0o640); err != nil {
		t.Fatal(err)
	}
	mount(t, r.dir+"/source", r.dir+"/d/f", "", unix.MS_BIND, "")
	wantIntact(t, r, "/d/f", r.Writable("/d/f"), ErrBusy)
	wantIntact(t, r, "/d/f", replaceOld(r, "/d/f", newText, WriteOptions{}), ErrBusy)
	wantIntact(t, r, "/d/f", r.Remove("/d/f", Digest([]byte(oldText))), ErrBusy)
	if err := replaceOld(r, "/d/f", newText, WriteOptions{InPlace: true}); err != nil {
		t.Fatal(err)
	}
	if read(t, r, "/d/f") != newText || read(t, r, "/source") != newText {
		t.Error("the new bytes are not there")
	}
	// Shorter bytes leave no tail, and attributes come back too.
	m, err := r.Stat("/d/f")
	if err != nil {
		t.Fatal(err)
	}
	a := m.Attrs
	a.Mode = 0o600
	if err := r.Restore("/d/f", []byte("x"), Digest([]byte(newText)), a, WriteOptions{InPlace: true}); err != nil {
		t.Fatal(err)
	}
	if m, err := r.Stat("/source"); err != nil || read(t, r, "/source") != "x" || m.Mode != 0o600 {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestInPlaceOnAFullDisk(t *testing.T) {
	if ownMounts(t) {
		return
	}
	r := tree(t, "d/", "f = ")
	mount(t, "tmpfs", r.dir+"/d", "tmpfs", 0, "size=64k")
	if err := os.WriteFile(r.dir+"/d/f", []byte(oldText), 0o644); err != nil {
		t.Fatal(err)
	}
	mount(t, r.dir+"/d/f", r.dir+"/f", "", unix.MS_BIND, "")
	wantIntact(t, r, "/f", replaceOld(r, "/f", strings.Repeat("x", 200_000), WriteOptions{InPlace: true}), ErrNoSpace)
}

// A read-whole directory that is a file system of its own has no safe place for a temporary
// file. Creating needs none.
func TestReadWholeDirectoryThatIsAMount(t *testing.T) {
	if ownMounts(t) {
		return
	}
	r := tree(t, "etc/crio.conf.d/")
	mount(t, "tmpfs", r.dir+"/etc/crio.conf.d", "tmpfs", 0, "")
	const file = "/etc/crio.conf.d/f"
	if err := r.Create(file, []byte(oldText), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, r.named = range []bool{false, true} {
		wantIntact(t, r, file, replaceOld(r, file, newText, WriteOptions{}), ErrNoStaging)
	}
	if err := replaceOld(r, file, newText, WriteOptions{InPlace: true}); err != nil || read(t, r, file) != newText {
		t.Errorf("in place: %v", err)
	}
}

func TestImmutable(t *testing.T) {
	r := tree(t, "file/f = "+oldText, "directory/f = "+oldText)
	for _, name := range []string{"/file/f", "/directory"} {
		if out, err := exec.Command("chattr", "+i", r.dir+name).CombinedOutput(); err != nil {
			t.Skipf("SKIPPED: chattr: %v %s", err, out)
		}
		t.Cleanup(func() { _ = exec.Command("chattr", "-i", r.dir+name).Run() })
	}
	for _, r.named = range []bool{false, true} {
		for _, file := range []string{"/file/f", "/directory/f"} {
			wantIntact(t, r, file, replaceOld(r, file, newText, WriteOptions{}), ErrImmutable)
			wantIntact(t, r, file, r.Writable(file), ErrImmutable)
		}
		wantIntact(t, r, "/directory/f", r.Create("/directory/g", nil, 0o644), ErrImmutable)
		wantIntact(t, r, "/directory/f", r.Remove("/directory/f", Digest([]byte(oldText))), ErrImmutable)
		wantIntact(t, r, "/file/f", r.Remove("/file/f", Digest([]byte(oldText))), ErrImmutable)
	}
}

func TestHardLinksAreNoticed(t *testing.T) {
	r := tree(t, "f = "+oldText)
	if err := os.Link(r.dir+"/f", r.dir+"/g"); err != nil {
		t.Fatal(err)
	}
	if m, err := r.Stat("/f"); err != nil || m.Links != 2 {
		t.Errorf("%+v, %v", m, err)
	}
	if err := replaceOld(r, "/f", newText, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	if read(t, r, "/f") != newText || read(t, r, "/g") != oldText {
		t.Error("the other name changed")
	}
}

func TestOverlayFileSystem(t *testing.T) {
	if ownMounts(t) {
		return
	}
	r := tree(t, "base/")
	mount(t, "tmpfs", r.dir+"/base", "tmpfs", 0, "")
	for _, d := range []string{"lower/etc", "upper", "work", "merged"} {
		if err := os.MkdirAll(r.dir+"/base/"+d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(r.dir+"/base/lower/etc/f", []byte(oldText), 0o640); err != nil {
		t.Fatal(err)
	}
	b := r.dir + "/base/"
	mount(t, "overlay", b+"merged", "overlay", 0, "lowerdir="+b+"lower,upperdir="+b+"upper,workdir="+b+"work")
	over, err := Open(b + "merged")
	if err != nil {
		t.Fatal(err)
	}
	if err := replaceOld(over, "/etc/f", newText, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := over.Create("/etc/g", []byte("g"), 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := over.Stat("/etc/f"); err != nil || m.Mode != 0o640 || read(t, over, "/etc/f") != newText {
		t.Errorf("%+v, %v", m, err)
	}
	if got := names(t, over); got != "/etc/f /etc/g" {
		t.Errorf("left: %s", got)
	}
}

func TestOrdinaryUser(t *testing.T) {
	if asNobody(t) {
		return
	}
	r := tree(t, "own/f = "+oldText, "closed/f = "+oldText)
	if err := replaceOld(r, "/own/f", newText, WriteOptions{}); err != nil {
		t.Errorf("an own file: %v", err)
	}
	if err := r.Restore("/own/f", []byte(oldText), Digest([]byte(newText)), Attrs{Mode: 0o644, UID: 0, GID: 0}, WriteOptions{}); !errors.Is(err, ErrMetadata) || !errors.Is(err, unix.EPERM) {
		t.Errorf("a file given to root: %v", err)
	}
	if read(t, r, "/own/f") != newText || names(t, r) != "/closed/f /own/f" {
		t.Error("a refused restore changed something")
	}
	if err := r.Restore("/own/g", []byte(oldText), Absent, Attrs{Mode: 0o644, UID: 0, GID: 0}, WriteOptions{}); !errors.Is(err, ErrMetadata) || names(t, r) != "/closed/f /own/f" {
		t.Errorf("a new file given to root: %v", err)
	}
	if err := os.Chmod(r.dir+"/closed", 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(r.dir+"/closed", 0o755) })
	wantIntact(t, r, "/closed/f", replaceOld(r, "/closed/f", newText, WriteOptions{}), unix.EACCES)
	wantIntact(t, r, "/closed/f", r.Writable("/closed/f"), unix.EACCES)
	if err := r.Writable("/own/f"); err != nil {
		t.Errorf("own: %v", err)
	}
	if err := r.Writable("/own/not/there"); err != nil {
		t.Errorf("below own: %v", err)
	}
}

// A file that belongs to another user in a directory of one's own could be replaced, but not
// with its owner: that must not happen silently.
func TestForeignFileInOwnDirectory(t *testing.T) {
	if asNobody(t) {
		return
	}
	r, err := Open(os.Getenv("TMPDIR"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.Stat("/foreign")
	if err != nil || m.UID != 0 {
		t.Fatalf("%+v, %v", m, err)
	}
	wantIntact(t, r, "/foreign", replaceOld(r, "/foreign", newText, WriteOptions{}), ErrMetadata)
	if err := m.Trusted(); err != nil {
		t.Errorf("a file of root: %v", err)
	}
}
