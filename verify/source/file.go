package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"
)

var (
	// ErrDirectory is why no program can read a file: its name is a directory's.
	ErrDirectory  = errors.New("is a directory")
	errNotRegular = errors.New("not a regular file")
)

// ReadFile reads a file of the node whose root directory is fsys. It does not read pipes and
// devices, which may never end, but /dev/null, which is empty. It fills in Changed where the
// files of fsys tell it by a method of that name.
func ReadFile(fsys fs.FS, name string) File {
	f := File{Path: name}
	if isNull(fsys, name) {
		return f
	}
	info, err := fs.Stat(fsys, InFS(name))
	switch {
	case err != nil:
		f.Err = err
	case info.IsDir():
		f.Err = ErrDirectory
	case !info.Mode().IsRegular():
		f.Err = errNotRegular
	default:
		f.Data, f.Err = fs.ReadFile(fsys, InFS(name))
	}
	if at, ok := errors.AsType[*fs.PathError](f.Err); ok {
		f.Err = at.Err // the path is known
	}
	if dated, ok := info.(interface{ Changed() time.Time }); ok && f.Err == nil {
		f.Changed = dated.Changed()
	}
	return f
}

// isNull reports whether a name leads to /dev/null, which the directory of an image does not
// have.
func isNull(fsys fs.FS, name string) bool {
	for range 8 { // a link to a link, as far as anyone goes
		target, err := fs.ReadLink(fsys, InFS(name))
		if err != nil {
			break
		}
		if !path.IsAbs(target) {
			target = path.Join(path.Dir(name), target)
		}
		name = target
	}
	return path.Clean(name) == "/dev/null"
}

// InFS returns the name that an absolute path has in an fs.FS.
func InFS(name string) string {
	if name = strings.TrimPrefix(path.Clean(name), "/"); name == "" {
		return "."
	}
	return name
}

// File is a file as it was read. The zero Data of a file that was read is an empty file.
type File struct {
	// Path is the path on the node, whatever directory --root names.
	Path string
	Data []byte
	// Err is why the file could not be read; nil for a file that was read.
	Err error
	// Changed is when the inode changed last (ctime): a copy that keeps modification times
	// cannot set it back. It is zero where that is not known.
	Changed time.Time
}

// Missing reports whether the file does not exist.
func (f File) Missing() bool { return errors.Is(f.Err, fs.ErrNotExist) }

// Readable reports whether the file was read.
func (f File) Readable() bool { return f.Err == nil }

// Digest returns the SHA-256 of the content in hexadecimal; "" for a file that was not read.
func (f File) Digest() string {
	if f.Err != nil {
		return ""
	}
	return Digest(f.Data)
}

// Digest returns the SHA-256 of data in hexadecimal.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
