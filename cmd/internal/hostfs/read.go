package hostfs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// MaxFile is the size up to which [Root.ReadFile] reads: far more than any configuration,
// and little enough to hold twice.
const MaxFile = 8 << 20

// Absent is the digest of no file. An empty file has a digest like any other.
const Absent = ""

// Digest is the SHA-256 of data in hex.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// ReadFile reads a regular file of at most [MaxFile] bytes. Pipes, devices and sockets are
// refused with [ErrNotRegular] and never waited for.
func (r *Root) ReadFile(name string) ([]byte, error) { return r.ReadFileMax(name, MaxFile) }

// ReadFileMax is ReadFile with a limit of its own, in bytes; beyond it comes [ErrTooLarge].
func (r *Root) ReadFileMax(name string, limit int64) ([]byte, error) {
	f, err := r.OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, name, limit)
}

func readAll(f io.Reader, name string, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err // it names the file
	}
	if int64(len(data)) > limit {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)}
	}
	return data, nil
}

// OpenFile opens a regular file for reading.
func (r *Root) OpenFile(name string) (*os.File, error) {
	p, err := r.find("open", name, true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	f, err := p.open(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f, nil
}

// open opens the regular file at p for reading.
func (p *place) open(name string) (*os.File, error) {
	if !p.is(unix.S_IFREG) {
		return nil, ErrNotRegular
	}
	// By name and not by descriptor, so that it works without /proc. Should a pipe have
	// taken the name meanwhile, O_NONBLOCK does not wait for its other end.
	fd, err := unix.Openat(p.dir(), p.base, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil || stat.Mode&unix.S_IFMT != unix.S_IFREG {
		_ = unix.Close(fd)
		return nil, first(err, ErrNotRegular)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// Digest is the digest of a regular file of any size.
func (r *Root) Digest(name string) (string, error) {
	f, err := r.OpenFile(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return digestOf(f, name)
}

func digestOf(f *os.File, name string) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
