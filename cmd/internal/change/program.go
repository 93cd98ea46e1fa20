package change

import (
	"errors"
	"fmt"
	"os"
	"path"

	"github.com/plegctl/plegctl/cmd/internal/hint"
)

// copyName is the copy of this program in the state directory, which only root can change:
// the one that runs may be replaced or removed before the revert needs it.
const copyName = "plegctl"

// InstallProgram makes sure that the state directory holds a copy of the running program,
// and returns its path.
func InstallProgram(env Env) (string, error) {
	s := &session{Env: env}
	defer s.close()
	if _, err := s.openStore(true); err != nil {
		return "", hint.With(err, "run it as root, or name another directory with --state-dir")
	}
	return s.installProgram()
}

func (s *session) installProgram() (string, error) {
	self, err := s.Self()
	if err != nil {
		return "", err
	}
	from, err := os.Open(self)
	if err != nil {
		return "", err
	}
	if err := errors.Join(s.store.Install(copyName, from), from.Close()); err != nil {
		if s.Host.Root.Dir() == "/" && s.Host.Root.Trusted(self) == nil {
			s.Progress.Detail("plegctl runs from %s: %v", self, err)
			return self, nil // only root can change it either
		}
		return "", hint.With(fmt.Errorf("keep a copy of plegctl for the revert: %w", err), "programs must be allowed to run from --state-dir")
	}
	return s.Host.Root.Path(path.Join(s.Observe.StateDir, copyName)), nil
}
