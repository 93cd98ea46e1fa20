//go:build failpoint

package failpoint

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Enabled tells whether this build can be broken on purpose.
const Enabled = true

var (
	mu    sync.Mutex
	count = map[string]int{}
)

// Hit does what FAILPOINT_PLEGCTL says of name. Where it returns an error, the caller goes
// on as if the step that follows had failed with it.
func Hit(name string) error {
	list := os.Getenv("FAILPOINT_PLEGCTL")
	if list == "" {
		return nil
	}
	mu.Lock()
	count[name]++
	n := count[name]
	mu.Unlock()
	for _, item := range strings.Split(list, ",") {
		point, action, ok := strings.Cut(strings.TrimSpace(item), "=")
		if !ok {
			panic("FAILPOINT_PLEGCTL: no action in " + item)
		}
		if point != name {
			continue
		}
		action, nth, counted := strings.Cut(action, "@")
		if counted {
			want, err := strconv.Atoi(nth)
			if err != nil {
				panic("FAILPOINT_PLEGCTL: " + err.Error())
			}
			if want != n {
				continue
			}
		}
		return act(name, action)
	}
	return nil
}

func act(name, action string) error {
	errnos := map[string]syscall.Errno{
		"enospc": syscall.ENOSPC, "edquot": syscall.EDQUOT, "eio": syscall.EIO,
		"erofs": syscall.EROFS, "eperm": syscall.EPERM, "ebusy": syscall.EBUSY,
	}
	if errno, ok := errnos[action]; ok {
		return fmt.Errorf("failpoint %s: %w", name, errno)
	}
	if d, ok := strings.CutPrefix(action, "sleep:"); ok {
		pause, err := time.ParseDuration(d)
		if err != nil {
			panic("FAILPOINT_PLEGCTL: " + err.Error())
		}
		time.Sleep(pause)
		return nil
	}
	switch action {
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "stop":
		return syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	case "panic":
		panic("failpoint " + name)
	case "error":
		return fmt.Errorf("failpoint %s", name)
	}
	panic("FAILPOINT_PLEGCTL: unknown action " + action)
}
