package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"time"
)

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
