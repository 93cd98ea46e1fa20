package change

import (
	"errors"
	"fmt"
	"os"
	"path"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/hint"
)

// unrecorded refuses --no-record where earlier changes are recorded, which would be lost.
func (s *session) unrecorded() error {
	if len(s.past) > 0 {
		return hint.With(fmt.Errorf("%s has a record of earlier changes, which --no-record would remove", s.Observe.StateDir), "leave it out, or roll those changes back and remove the directory")
	}
	return nil
}

// forget removes the record when the change is made, so that an image holds nothing of the
// machine that built it: no user, no time, no process. Until then it exists, as a crash needs it.
func (s *session) forget() error {
	root, err := os.OpenRoot(s.Host.Root.Dir())
	if err != nil {
		return err
	}
	err = root.RemoveAll(strings.TrimPrefix(path.Clean(s.Observe.StateDir), "/"))
	if err = errors.Join(err, root.Close()); err != nil {
		return fmt.Errorf("remove the record: %w", err)
	}
	return nil
}
