package apply

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// state is what is at a path now.
func (m *Machine) state(path string) (plan.FileState, error) {
	name := m.Host.Root.Path(path)
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return plan.FileState{}, nil
	}
	if err != nil {
		return plan.FileState{}, err
	}
	s := plan.FileState{Exists: true, Dir: info.IsDir(), Mode: info.Mode().Perm()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		s.UID, s.GID = int(st.Uid), int(st.Gid)
	}
	if s.Dir {
		return s, nil
	}
	s.Data, err = os.ReadFile(name)
	return s, err
}

// States are the states of all paths of the changes.
func (m *Machine) States(changes []plan.FileChange) (map[string]plan.FileState, error) {
	now := map[string]plan.FileState{}
	for _, c := range changes {
		s, err := m.state(c.Path)
		if err != nil {
			return nil, err
		}
		now[c.Path] = s
	}
	return now, nil
}

// put brings a path from one state to another.
func (m *Machine) put(path string, now, then plan.FileState) error {
	name := m.Host.Root.Path(path)
	switch {
	case !then.Exists && !now.Exists:
		return nil
	case !then.Exists:
		err := os.Remove(name)
		if now.Dir && errors.Is(err, syscall.ENOTEMPTY) {
			return nil
		}
		return err
	case then.Dir:
		return os.Mkdir(name, then.Mode)
	}
	if err := os.WriteFile(name, then.Data, then.Mode); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func (m *Machine) socket(endpoint string) string { return m.Host.Root.Path(endpoint[len("unix://"):]) }
