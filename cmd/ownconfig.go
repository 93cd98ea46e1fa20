package cmd

import (
	"errors"
	"path/filepath"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
)

// maxOwnConfig is far more than a few settings need, in bytes.
const maxOwnConfig = 64 << 10

// readFileOfOurs reads plegctl's own configuration. Whoever can change that file decides
// where a root process writes, so it and every directory above it must belong to root or to
// this user, and nobody else may write to them.
func readFileOfOurs(path string) (_ []byte, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	machine, err := hostfs.Open("/")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, machine.Close()) }()
	if err := machine.Trusted(path); err != nil {
		return nil, err
	}
	return machine.ReadFileMax(path, maxOwnConfig)
}
