package detach

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// Verb is the first argument of a command that runs in a service; the second is the shared
// directory.
const Verb = "in-service"

// AfterVerb is the same for what systemd runs when the service has ended.
const AfterVerb = "after-service"

// Services are what a command is run by.
type Services interface {
	StartService(context.Context, systemd.ServiceSpec) error
	ServiceRuns(ctx context.Context, name string) (bool, error)
}

// Command is a command that is run in a service.
type Command struct {
	// Program is run with Args; nobody but root may be able to change it.
	Program string
	Args    []string
	// Env is the environment of the caller; what counts for plegctl is handed on.
	Env []string
	// Shared is where the directory that foreground and service share is made.
	Shared string
	// StateDir is recovered when the service is killed.
	StateDir string
	Caller   record.Who
	Out, Err io.Writer
}

// The files of the shared directory.
const (
	outFile    = "out"
	errFile    = "err"
	exitFile   = "exit"
	stopFile   = "stop"
	callerFile = "caller"
)

// ErrNotStarted reports that the service was not started, so nothing is changed.
var ErrNotStarted = errors.New("the service that makes the change cannot be started")

// Run runs the command in a service and follows it to its end. The exit code is the
// command's. A first SIGINT or SIGTERM asks the command to stop, which rolls back; a second
// one, SIGHUP and SIGQUIT end the watching and not the command: the error is [ErrUnwatched].
func Run(ctx context.Context, services Services, c Command) (int, error) {
	ctx = context.WithoutCancel(ctx) // signals are handled here
	id := time.Now().UTC().Format("20060102T150405") + "-" + rand.Text()[:4]
	name, dir := "plegctl-change-"+id, filepath.Join(c.Shared, id)
	if err := share(c.Shared, dir, c.Caller); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNotStarted, err)
	}
	work, err := os.Getwd()
	if err != nil {
		work = "/"
	}
	signals := watchSignals()
	defer signals.stop()
	err = services.StartService(ctx, systemd.ServiceSpec{
		Name: name, Description: "plegctl: change this node", Env: passedOn(c.Env), Dir: work, StopTimeout: 2*lifecycle.Undo + lifecycle.LockWait,
		Exec:  append([]string{c.Program, Verb, dir}, c.Args...),
		After: []string{c.Program, AfterVerb, dir, "recover", "--state-dir", c.StateDir},
	})
	f := &follower{services: services, name: name, dir: dir, out: c.Out, err: c.Err}
	// Where systemd's answer was lost, the service may run all the same; without the caller it
	// does not begin any more.
	if err != nil && (os.Remove(filepath.Join(dir, callerFile)) != nil || !f.has(outFile)) {
		return 0, errors.Join(ErrNotStarted, err, os.RemoveAll(dir))
	}
	return f.follow(ctx, signals)
}

// passedOn is what of the environment counts for the command in the service.
func passedOn(env []string) []string {
	var out []string
	for _, one := range env {
		name, _, _ := strings.Cut(one, "=")
		if strings.HasPrefix(name, "PLEGCTL_") || name == "DBUS_SYSTEM_BUS_ADDRESS" {
			out = append(out, one)
		}
	}
	return out
}

// sweep removes what changes left that nobody watched to their end.
func sweep(shared string) {
	ends, _ := filepath.Glob(filepath.Join(shared, "*", exitFile))
	for _, end := range ends {
		if info, err := os.Lstat(end); err == nil && time.Since(info.ModTime()) > lifecycle.SharedDir {
			_ = os.RemoveAll(filepath.Dir(end))
		}
	}
}

// share makes the directory, which only this user can enter, in one that no other user can
// change: what lies there is written to by a service of root's.
func share(shared, dir string, caller record.Who) error {
	host, err := hostfs.Open("/")
	if err != nil {
		return err
	}
	defer host.Close()
	held, err := host.StateDir(shared, true)
	if err != nil {
		return err
	}
	defer func() { _ = held.Close() }()
	sweep(shared)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", dir, err)
	}
	data, err := json.Marshal(caller)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, callerFile), data, 0o600)
}
