package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// maxOwnConfig is far more than a few settings need.
const maxOwnConfig = 64 << 10

// readFileOfOurs reads plegctl's own configuration. Whoever can write that file decides
// where a root process writes, so it must belong to root or to this user, and nobody else
// may write it. The checks are made on the open file, not on the name.
func readFileOfOurs(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("%s can be written by others (mode %04o)", path, info.Mode().Perm())
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return nil, fmt.Errorf("%s belongs to user %d", path, stat.Uid)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxOwnConfig+1))
	if err == nil && len(data) > maxOwnConfig {
		err = errors.New(path + " is larger than 64 KiB")
	}
	return data, err
}
