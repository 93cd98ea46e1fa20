package hostfs

import (
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sys/unix"
)

// Why a file could not be read or changed. The system's own error is in the chain as well.
var (
	// ErrReadOnly: the root was opened for looking only; see [Root.ReadOnly].
	ErrReadOnly = errors.New("this command does not change files")
	// ErrNotRegular: a directory, device, socket or dangling link stands where a file should.
	ErrNotRegular = errors.New("not a regular file")
	// ErrTooLarge: the file is larger than any configuration.
	ErrTooLarge = errors.New("file is too large")

	// ErrBusy: the file is a mount point (a bind-mounted file), which cannot be replaced by
	// another file; [WriteOptions.InPlace] is the way past.
	ErrBusy = errors.New("the file is mounted by itself (bind mount), so no other file can take its place")
	// ErrReadOnlyFS: the file system is mounted read-only.
	ErrReadOnlyFS = errors.New("the file system is read-only")
	// ErrNoSpace: the file system has no room, or no inode, left.
	ErrNoSpace = errors.New("no space left on the file system")
	// ErrQuota: the owner's or the project's quota is used up.
	ErrQuota = errors.New("the disk quota is used up")
	// ErrIO: the device failed.
	ErrIO = errors.New("the device reports an input/output error")
	// ErrImmutable: the file or its directory has the immutable or the append-only flag.
	ErrImmutable = errors.New("the immutable or append-only flag is set (see lsattr)")
	// ErrMetadata: mode, owner or extended attributes could not be carried over.
	ErrMetadata = errors.New("the file's metadata cannot be kept")
	// ErrNoStaging: the directory is read whole by a daemon and is a file system of its own, so
	// there is no safe directory from where a file could be renamed into it.
	ErrNoStaging = errors.New("no directory outside is on the same file system, and a temporary file must not lie in this one")
	// ErrUntrusted: another user can write a file or directory that we would believe.
	ErrUntrusted = errors.New("others can change it")
)

// Left says what a failed write left behind.
type Left string

// What may be left.
const (
	// Intact: the old file is there, unchanged, and no temporary file.
	Intact Left = "the file is as it was"
	// Written: the new file is in place, but a power failure may still undo that.
	Written Left = "the new file is in place, but may not survive a power failure"
	// Torn: a write in place stopped half way; the old bytes must be put back.
	Torn Left = "the file may hold a mix of old and new bytes"
)

// WriteError is a change of a file that did not succeed.
type WriteError struct {
	Op, Path string
	// Why is one of the package's errors, or nil where there is no better word for Err.
	Why error
	// Err is the system's error.
	Err  error
	Left Left
}

func (e *WriteError) Error() string {
	switch {
	case e.Why == nil:
		return fmt.Sprintf("%s %s: %v; %s", e.Op, e.Path, e.Err, e.Left)
	case e.Err == nil:
		return fmt.Sprintf("%s %s: %v; %s", e.Op, e.Path, e.Why, e.Left)
	}
	return fmt.Sprintf("%s %s: %v (%v); %s", e.Op, e.Path, e.Why, e.Err, e.Left)
}

// Unwrap gives both the reason and the system's error.
func (e *WriteError) Unwrap() []error {
	var all []error
	for _, err := range []error{e.Why, e.Err} {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}

// ChangedError reports that a file is not what the caller expected (drift). Nothing was done.
type ChangedError struct {
	Path string
	// Want and Got are digests; [Absent] means no file.
	Want, Got string
}

func (e *ChangedError) Error() string {
	switch {
	case e.Want == Absent:
		return e.Path + " exists, though it should not"
	case e.Got == Absent:
		return e.Path + " is gone"
	}
	return e.Path + " is not what it was: another program changed it"
}

// Is lets errors.Is(err, fs.ErrExist) and fs.ErrNotExist hold.
func (e *ChangedError) Is(target error) bool {
	return target == fs.ErrExist && e.Want == Absent || target == fs.ErrNotExist && e.Got == Absent
}

// reason is the package's word for a system error, or nil.
func reason(err error) error {
	for _, known := range []error{ErrMetadata, ErrBusy, ErrImmutable, ErrNoStaging, ErrNotRegular} {
		if errors.Is(err, known) {
			return nil // it is in err already
		}
	}
	words := []struct {
		errno unix.Errno
		word  error
	}{
		{unix.ENOSPC, ErrNoSpace},
		{unix.EDQUOT, ErrQuota},
		{unix.EROFS, ErrReadOnlyFS},
		{unix.EIO, ErrIO},
		{unix.EBUSY, ErrBusy},
		{unix.EXDEV, ErrNoStaging},
	}
	for _, w := range words {
		if errors.Is(err, w.errno) {
			return w.word
		}
	}
	return nil
}
