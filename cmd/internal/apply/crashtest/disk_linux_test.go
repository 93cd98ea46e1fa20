package crashtest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// disk models what a power failure leaves: of a file what was fsynced, of a directory the
// names that were there at its last fsync. It is stricter than any file system that people
// run, where much more survives.
type disk struct {
	t     *testing.T
	root  uint64
	files map[uint64]*inode
}

// inode is a file or a directory, as it is now and as it is on disk.
type inode struct {
	now, safe content
}

// content is what a file or directory holds. Of a directory names lead to inodes.
type content struct {
	dir   bool
	mode  uint32
	uid   int
	gid   int
	note  string
	data  string
	names map[string]uint64
}

// newDisk takes a tree of which all is on disk.
func newDisk(t *testing.T, root string) *disk {
	t.Helper()
	d := &disk{t: t, files: map[uint64]*inode{}}
	d.root = d.scan(root)
	for _, f := range d.files {
		f.safe = f.now
	}
	return d
}

// scan reads a path and all below it into now.
func (d *disk) scan(path string) uint64 {
	var stat unix.Stat_t
	if err := unix.Lstat(path, &stat); err != nil {
		return 0
	}
	f, ok := d.files[stat.Ino]
	if !ok {
		f = &inode{}
		d.files[stat.Ino] = f
	}
	f.now = content{mode: stat.Mode & 0o7777, uid: int(stat.Uid), gid: int(stat.Gid)}
	note := make([]byte, 100)
	if n, err := unix.Getxattr(path, "user.note", note); err == nil {
		f.now.note = string(note[:n])
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		data, err := os.ReadFile(path)
		if err != nil {
			d.t.Error(err)
		}
		f.now.data = string(data)
		return stat.Ino
	}
	f.now.dir, f.now.names = true, map[string]uint64{}
	entries, err := os.ReadDir(path)
	if err != nil {
		d.t.Error(err)
	}
	for _, e := range entries {
		if ino := d.scan(filepath.Join(path, e.Name())); ino != 0 {
			f.now.names[e.Name()] = ino
		}
	}
	return stat.Ino
}

// done notes a call that has succeeded.
func (d *disk) done(c call, root string) {
	d.scan(root)
	if c.fd < 0 {
		return
	}
	// A file without a name yet is reached through its descriptor.
	self := fmt.Sprintf("/proc/%d/fd/%d", c.pid, c.fd)
	var stat unix.Stat_t
	if err := unix.Stat(self, &stat); err != nil {
		return
	}
	f, ok := d.files[stat.Ino]
	if !ok || stat.Nlink == 0 {
		f = d.nameless(self, stat)
	}
	if c.name == "fsync" || c.name == "fdatasync" {
		f.safe = f.now
	}
}

func (d *disk) nameless(self string, stat unix.Stat_t) *inode {
	f, ok := d.files[stat.Ino]
	if !ok || stat.Nlink == 0 && f.now.names != nil {
		f = &inode{}
		d.files[stat.Ino] = f
	}
	f.now = content{mode: stat.Mode & 0o7777, uid: int(stat.Uid), gid: int(stat.Gid)}
	if data, err := os.ReadFile(self); err == nil {
		f.now.data = string(data)
	}
	note := make([]byte, 100)
	if n, err := unix.Getxattr(self, "user.note", note); err == nil {
		f.now.note = string(note[:n])
	}
	return f
}

// loss says what survives beyond the strict rule.
type loss struct {
	name string
	// names reports whether changes of directories survive without fsync, and data that changes of
	// files do. Both together is what a kill leaves.
	names, data func(ino uint64) bool
}

// cut lays what is left after a power failure into a directory.
func (d *disk) cut(to string, l loss) {
	d.t.Helper()
	d.lay(d.root, to, l)
}

func (d *disk) lay(ino uint64, to string, l loss) {
	d.t.Helper()
	f := d.files[ino]
	c := f.safe
	if f.now.dir && l.names(ino) || !f.now.dir && l.data(ino) {
		c = f.now
	}
	if !f.now.dir {
		mode := c.mode
		if err := os.WriteFile(to, []byte(c.data), 0o600); err != nil {
			d.t.Fatal(err)
		}
		_ = unix.Chown(to, c.uid, c.gid)
		_ = unix.Chmod(to, mode)
		if c.note != "" {
			_ = unix.Setxattr(to, "user.note", []byte(c.note), 0)
		}
		return
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		d.t.Fatal(err)
	}
	for name, child := range c.names {
		d.lay(child, filepath.Join(to, name), l)
	}
	_ = unix.Chown(to, f.now.uid, f.now.gid)
	_ = unix.Chmod(to, f.now.mode)
}
