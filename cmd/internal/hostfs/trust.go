package hostfs

import (
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Trusted reports, as nil, that only root and this user can change what name leads to: the
// thing itself, every directory on the way and every symbolic link that is followed belong
// to one of them, and no other user may write to any of them. Otherwise it is [ErrUntrusted]
// with the first thing that another user could change. A sticky directory such as /tmp may
// be on the way: no other user can rename or remove what is in it, and whatever they put there
// themselves belongs to them.
func (r *Root) Trusted(name string) error {
	p, err := r.walk("look for", name, &walk{follow: true, check: func(at string, stat *unix.Stat_t) error {
		m := metaOf(stat)
		if m.IsDir() && m.Mode&fs.ModeSticky != 0 {
			m.Mode &^= 0o022
		}
		if err := m.Trusted(); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		return nil
	}})
	if err != nil {
		return err
	}
	defer p.close()
	if p.missing() {
		return &fs.PathError{Op: "look for", Path: name, Err: fs.ErrNotExist}
	}
	if err := metaOf(&p.stat).Trusted(); err != nil {
		return &fs.PathError{Op: "look for", Path: name, Err: err}
	}
	return nil
}

// Trusted reports, as nil, that only root and this user can change the thing; else it is
// [ErrUntrusted] with the reason. Where an ACL lets others write, the group bits show it.
// The permissions of a symbolic link mean nothing.
func (m Meta) Trusted() error {
	if m.UID != 0 && m.UID != os.Geteuid() {
		return fmt.Errorf("%w: it belongs to user %d", ErrUntrusted, m.UID)
	}
	if m.Type != fs.ModeSymlink && m.Mode.Perm()&0o022 != 0 {
		return fmt.Errorf("%w: its mode is %04o", ErrUntrusted, m.Mode.Perm())
	}
	return nil
}
