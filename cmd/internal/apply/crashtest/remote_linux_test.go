package crashtest

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/settings"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/logscan"
)

// The variables that make this test program plegctl on a simulated node that lives in
// another process: where its files are, and the number of that process.
const (
	nodeVariable = "CRASHTEST_NODE"
	ownerOfNode  = "CRASHTEST_NODE_PROCESS"
	// stopVariable says at which calls it stops for its tracer.
	stopVariable = "CRASHTEST_STOP"
)

func TestMain(m *testing.M) {
	if root := os.Getenv(nodeVariable); root != "" {
		d := cmd.HostDeps()
		d.Host = func(context.Context, settings.Settings) (*node.Host, error) { return remoteHost(root) }
		if calls, ok := map[string]func() map[uint64]kindOfCall{"writes": mutating, "reads": reading}[os.Getenv(stopVariable)]; ok {
			if err := stopAt(calls()); err != nil {
				panic(err)
			}
		}
		os.Exit(cmd.ProcessMain(os.Args[1:], d))
	}
	os.Exit(m.Run())
}

// remoteHost is a node of another process: its files and sockets are on this machine, and
// the rest is asked for over the socket beside its root.
func remoteHost(root string) (*node.Host, error) {
	r, err := hostfs.Open(root)
	if err != nil {
		return nil, err
	}
	pid, err := strconv.Atoi(os.Getenv(ownerOfNode))
	c := remote{controlSocket(root), pid}
	return &node.Host{Root: r, Now: time.Now, Units: c, Journal: c, Processes: c, Machine: c, Programs: c}, err
}

func controlSocket(root string) string { return filepath.Join(filepath.Dir(root), "control") }

// request is one question to the node; Name names what it is about.
type request struct {
	Call, Name string
	Verb       systemd.Verb
	Timer      systemd.TimerSpec
	Service    systemd.ServiceSpec
	Query      journal.Query
	PID        int
	Args       []string
	Files      map[string][]byte
}

// stage stands for the directory of a staged question, which the other side makes.
const stage = "@stage@"

// answer is what the node says. One with an Entry is followed by another.
type answer struct {
	Entry     *logscan.Entry
	Unit      systemd.Unit
	Timer     systemd.Timer
	Processes []procfs.Process
	Output    []byte
	Yes       bool
	Failed    string
	// Is names what the error is, for those who branch on it.
	Is  string
	Job *systemd.JobError
}

func sentinels() map[string]error {
	return map[string]error{
		"no unit": systemd.ErrNoSuchUnit, "no bus": systemd.ErrNoBus, "firing": systemd.ErrFiring, "not there": fs.ErrNotExist,
		"canceled": context.Canceled,
	}
}

func (a *answer) fail(err error) {
	if err == nil {
		return
	}
	a.Failed = err.Error()
	for name, one := range sentinels() {
		if errors.Is(err, one) {
			a.Is = name
		}
	}
	if !errors.As(err, &a.Job) {
		a.Job = nil
	}
}

// remoteError is an error with the text of the other side.
type remoteError struct {
	text string
	is   error
}

func (e remoteError) Error() string { return e.text }
func (e remoteError) Unwrap() error { return e.is }

func (a *answer) err() error {
	switch {
	case a.Failed == "":
		return nil
	case a.Job != nil:
		return remoteError{a.Failed, a.Job}
	}
	return remoteError{a.Failed, sentinels()[a.Is]}
}

// remote asks the process of the node.
type remote struct {
	socket string
	owner  int
}

func (c remote) ask(ctx context.Context, r request, entry func(logscan.Entry) error) (answer, error) {
	conn, err := net.Dial("unix", c.socket)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	err = gob.NewEncoder(conn).Encode(r)
	for decoder := gob.NewDecoder(conn); err == nil; {
		var a answer
		if err = decoder.Decode(&a); err == nil && a.Entry == nil {
			return a, a.err()
		}
		if err == nil {
			err = entry(*a.Entry)
		}
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return answer{}, err
}

func (c remote) Unit(ctx context.Context, name string) (systemd.Unit, error) {
	a, err := c.ask(ctx, request{Call: "unit", Name: name}, nil)
	return a.Unit, err
}

func (c remote) Do(ctx context.Context, verb systemd.Verb, name string) (systemd.Unit, error) {
	a, err := c.ask(ctx, request{Call: "do", Verb: verb, Name: name}, nil)
	return a.Unit, err
}

func (c remote) Reload(ctx context.Context) error {
	_, err := c.ask(ctx, request{Call: "reload"}, nil)
	return err
}

func (c remote) ArmTimer(ctx context.Context, s systemd.TimerSpec) (systemd.Timer, error) {
	a, err := c.ask(ctx, request{Call: "arm", Timer: s}, nil)
	return a.Timer, err
}

func (c remote) DisarmTimer(ctx context.Context, name string) error {
	_, err := c.ask(ctx, request{Call: "disarm", Name: name}, nil)
	return err
}

func (c remote) StartService(ctx context.Context, s systemd.ServiceSpec) error {
	_, err := c.ask(ctx, request{Call: "start service", Service: s}, nil)
	return err
}

func (c remote) ServiceRuns(ctx context.Context, name string) (bool, error) {
	a, err := c.ask(ctx, request{Call: "service runs", Name: name}, nil)
	return a.Yes, err
}

func (c remote) Read(ctx context.Context, q journal.Query, fn func(logscan.Entry) error) error {
	_, err := c.ask(ctx, request{Call: "journal", Query: q}, fn)
	return err
}

func (c remote) Process(pid int) (procfs.Process, error) {
	return c.one(request{Call: "process", PID: pid})
}

func (c remote) one(r request) (procfs.Process, error) {
	a, err := c.ask(context.Background(), r, nil)
	if err != nil || len(a.Processes) == 0 {
		return procfs.Process{}, errors.Join(err, fs.ErrNotExist)
	}
	return a.Processes[0], nil
}

func (c remote) Named(name string) ([]procfs.Process, error) {
	a, err := c.ask(context.Background(), request{Call: "named", Name: name}, nil)
	return a.Processes, err
}

func (c remote) InCgroup(group string) ([]procfs.Process, error) {
	a, err := c.ask(context.Background(), request{Call: "cgroup", Name: group}, nil)
	return a.Processes, err
}

// Peer is the simulated daemon that the process of the node plays at the other end.
func (c remote) Peer(conn net.Conn, _ ...int) (procfs.Process, error) {
	real, err := procfs.New("/proc", nil).Peer(conn, c.owner)
	if err != nil || real.PID != c.owner {
		return procfs.Process{}, fmt.Errorf("%s is served by process %d: %w", conn.RemoteAddr(), real.PID, errors.Join(err, fs.ErrNotExist))
	}
	return c.one(request{Call: "peer", Name: conn.RemoteAddr().Network()})
}

func (remote) Trusted(procfs.Process) error             { return nil }
func (remote) Program(p procfs.Process) (string, error) { return p.Exe, nil }
func (remote) Privileged() bool                         { return true }
func (remote) ClockSynced() (bool, error)               { return true, nil }
func (c remote) Staged(ctx context.Context, program string, files map[string][]byte, args func(string) []string) ([]byte, error) {
	a, err := c.ask(ctx, request{Call: "staged", Name: program, Files: files, Args: args(stage)}, nil)
	return a.Output, err
}

func (c remote) Output(ctx context.Context, program string, args ...string) ([]byte, error) {
	a, err := c.ask(ctx, request{Call: "output", Name: program, Args: args}, nil)
	return a.Output, err
}
