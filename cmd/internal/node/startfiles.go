package node

import (
	"errors"
	"io"

	"github.com/plegctl/plegctl/verify/source"
)

// startFiles shows the node's files to verify/start.
type startFiles struct{ s *sight }

func (f startFiles) Read(path string) source.File { return f.s.read(path) }

func (f startFiles) Head(path string, n int) ([]byte, error) {
	file, err := f.s.host.Root.OpenFile(path)
	if err != nil {
		return nil, err
	}
	// It was only read from.
	defer func() { _ = file.Close() }()
	head := make([]byte, n)
	got, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return head[:got], nil
}

func (f startFiles) List(dir string) []string {
	entries, err := f.s.host.Root.ReadDir(dir)
	if err != nil {
		return nil
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	return names
}

func (f startFiles) Link(path string) (string, bool) {
	target, err := f.s.host.Root.Readlink(path)
	return target, err == nil
}
