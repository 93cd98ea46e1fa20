//go:build !amd64

package crashtest

import (
	"errors"
	"syscall"
)

// inject knows the registers of amd64 only.
func inject(int, syscall.Errno, bool) error { return errors.ErrUnsupported }
