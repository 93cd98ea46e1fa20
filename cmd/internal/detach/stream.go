package detach

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// stream is a file that grows, and where it goes.
type stream struct {
	path string
	at   int64
	to   io.Writer
}

func tail(path string, to io.Writer) *stream { return &stream{path: path, to: to} }

// grown reports whether something was added since.
func (s *stream) grown() bool {
	info, err := os.Stat(s.path)
	return err == nil && info.Size() > s.at
}

// copy writes what was added since. A reader that is gone does not stop the following.
func (s *stream) copy() {
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) || err != nil {
		return
	}
	defer f.Close()
	n, _ := io.Copy(s.to, io.NewSectionReader(f, s.at, 1<<40))
	s.at += n
}
