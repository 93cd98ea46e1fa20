package hostfs

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// maxLink is PATH_MAX of Linux.
const maxLink = 4096

// Readlink returns the target of a symbolic link as it is written.
func (r *Root) Readlink(name string) (string, error) {
	p, err := r.find("readlink", name, false)
	if err != nil {
		return "", err
	}
	defer p.close()
	if p.stat.Mode&unix.S_IFMT != unix.S_IFLNK {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: unix.EINVAL}
	}
	target := make([]byte, maxLink)
	n, err := unix.Readlinkat(p.fd, "", target)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return string(target[:n]), nil
}
