package procfs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// errUntrusted begins every reason why a process is not believed.
var errUntrusted = errors.New("not believed")

// Trusted reports, as nil, that only root can have started the program of p: the process is
// root's, lives in our own PID, mount and user namespaces (a container's root does not), and
// runs a program that only root can change and that is not setuid. Otherwise the error says
// why not. It proves nothing about what the process is for.
func (t Table) Trusted(p Process) error {
	if err := t.trusted(p); err != nil {
		return fmt.Errorf("process %d is %w: %w", p.PID, errUntrusted, err)
	}
	return nil
}

func (t Table) trusted(p Process) error {
	switch {
	case p.UID < 0:
		return errors.New("it is not root's alone: another user may have started it")
	case p.UID != 0:
		return fmt.Errorf("it belongs to user %d, not to root", p.UID)
	}
	for _, kind := range []string{"user", "pid", "mnt"} {
		ours, err := os.Readlink(t.file(os.Getpid(), "ns/"+kind))
		if err != nil {
			return err
		}
		theirs, err := os.Readlink(t.file(p.PID, "ns/"+kind))
		if err != nil {
			return err
		}
		if ours != theirs {
			return fmt.Errorf("it runs in another %s namespace, like a container", kind)
		}
	}
	program, err := t.Program(p)
	if err != nil {
		return err
	}
	// The user of such a program also chooses its name and its arguments.
	if meta, err := t.root.Stat(program); err != nil || meta.Mode&fs.ModeSetuid != 0 {
		return cmp.Or(err, fmt.Errorf("any user can start it as root: %s is setuid", program))
	}
	// The number may belong to another process by now.
	if now, err := t.Process(p.PID); err != nil || !now.Start.Equal(p.Start) {
		return errors.New("it ended meanwhile")
	}
	return nil
}

// Program is the path of the file that p runs, if that is still the same file and only root
// can change it.
func (t Table) Program(p Process) (string, error) {
	switch {
	case p.Exe == "":
		return "", errors.New("its program cannot be seen without root")
	case strings.HasSuffix(p.Exe, " (deleted)"):
		return "", errors.New("its program was replaced after it started: " + p.Exe)
	}
	if err := t.root.Trusted(p.Exe); err != nil {
		return "", err
	}
	meta, err := t.root.Stat(p.Exe)
	if err != nil {
		return "", err
	}
	var running unix.Stat_t
	if err := unix.Stat(t.file(p.PID, "exe"), &running); err != nil {
		return "", fmt.Errorf("look at its program: %w", err)
	}
	if uint64(running.Dev) != meta.Dev || running.Ino != meta.Ino { //nolint:unconvert // the type differs by architecture
		return "", errors.New("its program is not the file at " + p.Exe)
	}
	return p.Exe, nil
}
