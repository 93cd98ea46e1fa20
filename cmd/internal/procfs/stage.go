package procfs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
)

const (
	// stageParent is where only root can make a directory; what is in it is in memory.
	stageParent = "/run"
	stageName   = "plegctl-stage-"
	// stageAge is more than any run of a program takes: what is older was left by a plegctl
	// that was killed.
	stageAge = 10 * lifecycle.Program
)

// Staged is Output with files in a directory that only this user can look into: each lies
// below it under its own path. args gets the directory. What the program writes is about
// the paths of the node.
func (p Programs) Staged(ctx context.Context, program string, files map[string][]byte, args func(dir string) []string) ([]byte, error) {
	parent := p.root.Path(stageParent)
	sweepStages(parent)
	dir, err := os.MkdirTemp(parent, stageName)
	if err != nil {
		return nil, err
	}
	// It holds copies, and the next run removes what this one cannot.
	defer func() { _ = os.RemoveAll(dir) }()
	for name, data := range files {
		at := filepath.Join(dir, filepath.Clean("/"+name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, data, 0o600)); err != nil {
			return nil, err
		}
	}
	out, err := p.Output(ctx, program, args(dir)...)
	var refused *RefusedError
	if errors.As(err, &refused) {
		refused.Words = strings.ReplaceAll(refused.Words, dir, "")
	}
	return out, err
}

func sweepStages(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, stageName+"*")) // the pattern is well-formed
	for _, dir := range left {
		if info, err := os.Lstat(dir); err == nil && time.Since(info.ModTime()) > stageAge {
			_ = os.RemoveAll(dir)
		}
	}
}
