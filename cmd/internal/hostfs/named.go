package hostfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// OpenNamed opens a file of this machine that the operator named: a regular file, or a pipe
// such as the shell's <(COMMAND), or /dev/null. Directories, other devices and sockets are
// refused, and opening never waits.
func OpenNamed(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() && info.Mode().Type() != fs.ModeNamedPipe && !isNull(info) {
		err = &fs.PathError{Op: "read", Path: name, Err: ErrNotRegular}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func isNull(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode()&fs.ModeCharDevice != 0 && uint64(stat.Rdev) == unix.Mkdev(1, 3) //nolint:unconvert // the type differs by architecture
}

// ReadNamed reads a whole regular file that the operator named, of at most limit bytes. A pipe
// is refused too: it can be read only once.
func ReadNamed(name string, limit int64) ([]byte, error) {
	f, err := OpenNamed(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: first(err, ErrNotRegular)}
	}
	return readAll(f, name, limit)
}

// Patient reads from a file that may be a pipe: it waits for a writer, but not forever.
type Patient struct {
	f    *os.File
	wait time.Duration
	any  bool
}

// NewPatient reads from f and fails where a pipe is silent for that long.
func NewPatient(f *os.File, wait time.Duration) *Patient { return &Patient{f: f, wait: wait} }

// Read fills p as io.Reader says.
func (p *Patient) Read(b []byte) (int, error) {
	end := time.Now().Add(p.wait)
	for {
		// A regular file knows no deadline, and needs none.
		_ = p.f.SetReadDeadline(end)
		n, err := p.f.Read(b)
		p.any = p.any || n > 0
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded), time.Now().After(end) && n == 0 && p.awaitsWriter():
			return n, fmt.Errorf("read %s: nothing came out of the pipe for %s", p.f.Name(), p.wait)
		case !errors.Is(err, io.EOF) || p.any || !p.awaitsWriter():
			return n, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// awaitsWriter reports whether the end of the file only means that nobody has opened the
// pipe for writing yet.
func (p *Patient) awaitsWriter() bool {
	info, err := p.f.Stat()
	return err == nil && info.Mode().Type() == fs.ModeNamedPipe
}
