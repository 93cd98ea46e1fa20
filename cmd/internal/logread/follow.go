package logread

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
)

// pollFile is how often a file that is followed is looked at.
const pollFile = 250 * time.Millisecond

// followFile reads a log file on beyond its end, as entries are appended, until ctx ends:
// then it is at its end. When the file is cut short, or another takes its name (rotation),
// it goes on at the beginning of that, after all that was left in the old one.
func followFile(ctx context.Context, f *os.File) io.Reader {
	return &followedFile{done: ctx.Done(), f: f}
}

type followedFile struct {
	done <-chan struct{}
	f    *os.File
	// opened reports whether f is ours to close: it is not the one that we were given.
	opened bool
}

func (r *followedFile) Read(p []byte) (int, error) {
	for wait := time.Duration(0); ; wait = pollFile {
		select {
		case <-r.done:
			if r.opened {
				r.f.Close()
			}
			return 0, io.EOF
		case <-time.After(wait):
		}
		n, err := r.f.Read(p)
		if n == 0 && err == io.EOF && r.rotated() {
			n, err = r.f.Read(p)
		}
		if n > 0 || err != nil && err != io.EOF {
			return n, err
		}
	}
}

// rotated moves on to the file that has the name now, or to the beginning of a file that
// was cut short, and reports whether it did. Whoever may write to the directory can give the
// name to anything: only a regular file is followed.
func (r *followedFile) rotated() bool {
	mine, err := r.f.Stat()
	if err != nil {
		return false
	}
	if at, err := r.f.Seek(0, io.SeekCurrent); err == nil && at > mine.Size() {
		_, err := r.f.Seek(0, io.SeekStart)
		return err == nil
	}
	named, err := os.Stat(r.f.Name())
	if err != nil || os.SameFile(mine, named) {
		return false
	}
	next, err := hostfs.OpenNamed(r.f.Name())
	if err != nil {
		return false
	}
	if info, err := next.Stat(); err != nil || !info.Mode().IsRegular() {
		next.Close()
		return false
	}
	if r.opened {
		r.f.Close()
	}
	r.f, r.opened = next, true
	return true
}
