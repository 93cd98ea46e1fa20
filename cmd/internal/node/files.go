package node

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
)

var errNotDir = errors.New("not a directory")

func notDir(err error) error {
	if errors.Is(err, syscall.ENOTDIR) {
		return errNotDir
	}
	return err
}

// exists reports whether something is there under that name; what cannot be seen counts as not there.
func (s *sight) exists(name string) bool {
	there, err := s.host.Root.Exists(name)
	return there && err == nil
}

// changed is when the inode changed last: unlike the modification time, a copy that keeps
// times cannot set it back. For a directory it is when an entry came or went. It is zero for
// what does not exist.
func (s *sight) changed(name string) time.Time {
	meta, err := s.host.Root.Stat(name)
	if err != nil {
		return time.Time{}
	}
	return meta.ChangeTime
}

func newest(times ...time.Time) time.Time {
	var last time.Time
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// rootFS shows the node's files as an fs.FS, for callers that look for names by pattern.
type rootFS struct{ root *hostfs.Root }

func (r rootFS) Open(name string) (fs.File, error) { return r.root.OpenFile(absolute(name)) }

func (r rootFS) ReadFile(name string) ([]byte, error) { return r.root.ReadFile(absolute(name)) }

func (r rootFS) ReadDir(name string) ([]fs.DirEntry, error) { return r.root.ReadDir(absolute(name)) }

func (r rootFS) Stat(name string) (fs.FileInfo, error) {
	meta, err := r.root.Stat(absolute(name))
	if errors.Is(err, syscall.ENOTDIR) {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, err
	}
	return info{meta, name}, nil
}

func (r rootFS) Lstat(name string) (fs.FileInfo, error) {
	meta, err := r.root.Lstat(absolute(name))
	if err != nil {
		return nil, err
	}
	return info{meta, name}, nil
}

func (r rootFS) ReadLink(name string) (string, error) { return r.root.Readlink(absolute(name)) }

// absolute is a name of an fs.FS as the node sees it.
func absolute(name string) string {
	if name == "." {
		return "/"
	}
	return "/" + strings.TrimPrefix(name, "/")
}

// info is a file's Meta as fs.FileInfo.
type info struct {
	hostfs.Meta
	name string
}

func (i info) Name() string       { return i.name[strings.LastIndexByte(i.name, '/')+1:] }
func (i info) Size() int64        { return i.Meta.Size }
func (i info) Mode() fs.FileMode  { return i.Type | i.Meta.Mode }
func (i info) ModTime() time.Time { return i.Meta.ModTime }
func (i info) IsDir() bool        { return i.Meta.IsDir() }
func (i info) Sys() any           { return nil }

// Changed is when the inode changed last, for [source.ReadFile].
func (i info) Changed() time.Time { return i.ChangeTime }
