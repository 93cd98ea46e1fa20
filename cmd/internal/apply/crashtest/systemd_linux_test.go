package crashtest

import (
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/logscan"
)

// role is which of plegctl's processes one is.
type role string

const (
	foreground role = "foreground" // what the operator started
	service    role = "service"    // what makes the change
	after      role = "after-kill" // what systemd runs when that was killed
	timer      role = "guard"      // what a timer of the change starts
)

// victim is the process to which something happens, at one of its calls.
type victim struct {
	role  role
	reads bool
	// at is the number of the call; -1 is none of them. With stays, all file calls from there
	// on fail.
	at    int
	fate  fate
	stays bool
	// happens is done at that call, too.
	happens func()

	mu     sync.Mutex
	calls  []string
	struck chan struct{}
	pid    int
	tracer *tracer
}

// reaches counts a call and says what becomes of it.
func (v *victim) reaches(name string) fate {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.calls = append(v.calls, name)
	switch n := len(v.calls) - 1; {
	case v.at < 0 || n < v.at:
	case n == v.at:
		close(v.struck)
		if v.happens != nil {
			v.happens()
		}
		return v.fate
	case v.stays && !strings.Contains(name, ", "):
		return v.fate
	}
	return fate{}
}

func (v *victim) process() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.pid
}

// running reports whether it was started and has not ended.
func (v *victim) running() bool { return syscall.Kill(v.process(), 0) == nil }

func (v *victim) strike(signal syscall.Signal) { v.tracer.strike(v.process(), signal) }

// services is the systemd of a simulated node whose plegctl runs in processes of its own:
// its units are those of the node, and transient services and timers start real processes.
type services struct {
	t    *testing.T
	sim  *simnode.Node
	host *node.Host
	dir  string

	mu     sync.Mutex
	timers map[string]systemd.TimerSpec
	runs   map[string]bool
	served int // services that were started
	// busy are the processes that were started and have not ended.
	busy    sync.WaitGroup
	victims []*victim
	// killed keeps systemd from running what comes after a service, as if it were killed too.
	killed bool
	// unread are the streams that nobody reads: "foreground stdout".
	unread []string
	// last is the process of each role that was started last and is no victim.
	last map[role]*os.Process
	// story is what every process was, said and ended with.
	story []string
}

func newServices(t *testing.T, sim *simnode.Node) *services {
	t.Helper()
	s := &services{t: t, sim: sim, host: sim.Host(), dir: t.TempDir(), timers: map[string]systemd.TimerSpec{}, runs: map[string]bool{}, last: map[role]*os.Process{}}
	l, err := net.Listen("unix", controlSocket(sim.Dir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(conn.(*net.UnixConn))
		}
	}()
	return s
}

// serve answers one request.
func (s *services) serve(conn *net.UnixConn) {
	defer conn.Close()
	var r request
	if err := gob.NewDecoder(conn).Decode(&r); err != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // a caller that has gone away
		_, _ = io.Copy(io.Discard, conn)
		cancel()
	}()
	encoder := gob.NewEncoder(conn)
	var a answer
	a.fail(s.answer(ctx, caller(conn), r, &a, func(e logscan.Entry) error { return encoder.Encode(answer{Entry: &e}) }))
	_ = encoder.Encode(a)
}

// caller is the number of the process at the other end.
func caller(conn *net.UnixConn) (pid int) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = int(cred.Pid)
		}
	})
	return pid
}

func (s *services) answer(ctx context.Context, pid int, r request, a *answer, entry func(logscan.Entry) error) (err error) {
	// What was asked of systemd it does, also when the asker is gone.
	job := context.WithoutCancel(ctx)
	switch r.Call {
	case "unit":
		a.Unit, err = s.host.Units.Unit(ctx, r.Name)
	case "do":
		return s.change(pid, fmt.Sprint(r.Verb, " ", r.Name), func() error {
			a.Unit, err = s.host.Units.Do(job, r.Verb, r.Name)
			return err
		})
	case "reload":
		return s.change(pid, "reload", func() error { return s.host.Units.Reload(job) })
	case "arm":
		return s.change(pid, "arm a timer", func() error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.timers[r.Timer.Name] = r.Timer
			a.Timer = systemd.Timer{Name: r.Timer.Name, Armed: true, Next: time.Now().Add(r.Timer.After)}
			return nil
		})
	case "disarm":
		return s.change(pid, "disarm a timer", func() error {
			s.mu.Lock()
			defer s.mu.Unlock()
			if _, ok := s.timers[r.Name]; !ok {
				return systemd.ErrNoSuchUnit
			}
			delete(s.timers, r.Name)
			return nil
		})
	case "start service":
		return s.change(pid, "start a service", func() error { s.start(r.Service); return nil })
	case "service runs":
		s.mu.Lock()
		defer s.mu.Unlock()
		a.Yes = s.runs[r.Name]
	case "journal":
		return s.host.Journal.Read(ctx, r.Query, entry)
	case "process":
		return one(a, func() (procfs.Process, error) { return s.host.Processes.Process(r.PID) })
	case "named":
		a.Processes, err = s.host.Processes.Named(r.Name)
	case "cgroup":
		a.Processes, err = s.host.Processes.InCgroup(r.Name)
	case "peer":
		unit := simnode.KubeletUnit
		if r.Name == "unix" {
			unit = s.sim.RuntimeUnit()
		}
		a.Processes, err = s.host.Processes.InCgroup("/system.slice/" + unit)
	case "output":
		a.Output, err = s.host.Programs.Output(ctx, r.Name, r.Args...)
	case "staged":
		a.Output, err = s.host.Programs.Staged(ctx, r.Name, r.Files, func(dir string) []string {
			return strings.Split(strings.ReplaceAll(strings.Join(r.Args, "\x00"), stage, dir), "\x00")
		})
	default:
		err = fmt.Errorf("unknown call %q", r.Call)
	}
	return err
}

func one(a *answer, look func() (procfs.Process, error)) error {
	p, err := look()
	a.Processes = []procfs.Process{p}
	return err
}

// find is the first victim that fits, nil where none does.
func (s *services) find(fits func(*victim) bool) *victim {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.victims, fits); i >= 0 {
		return s.victims[i]
	}
	return nil
}

// change is a call that changes something: what happens to its caller happens when it was
// asked, or when it was done and the answer is not yet given.
func (s *services) change(pid int, what string, act func() error) error {
	v := s.find(func(v *victim) bool { return !v.reads && v.process() == pid })
	if v == nil {
		return act()
	}
	asked := v.reaches(what + ", asked")
	if asked.errno != 0 {
		return asked.errno
	}
	v.strike(asked.signal)
	err := act()
	done := v.reaches(what + ", done")
	if done.errno != 0 {
		return done.errno
	}
	v.strike(done.signal)
	return err
}

// start runs a transient service: its command, and then what comes after it.
func (s *services) start(spec systemd.ServiceSpec) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs[spec.Name] = true
	s.served++
	s.busy.Go(func() {
		code := s.process(service, spec.Exec, spec.Env, spec.Dir)
		result := "success"
		if code != 0 {
			result = "exit-code"
		}
		if !s.killed {
			s.process(after, spec.After, append(spec.Env, "SERVICE_RESULT="+result), spec.Dir)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.runs, spec.Name)
	})
}

// fire is a timer whose time has come; its command runs until its exit code is a final one.
func (s *services) fire(name string) int {
	s.t.Helper()
	s.mu.Lock()
	spec, ok := s.timers[name]
	delete(s.timers, name)
	s.mu.Unlock()
	if !ok {
		s.t.Fatalf("the timer %s is not armed", name)
	}
	for range 3 {
		if code := s.process(timer, spec.Exec, spec.Env, "/"); slices.Contains(spec.Final, int32(code)) {
			return code
		}
	}
	return -1
}

// process runs plegctl to its end and returns its exit code, -1 for one that was killed.
func (s *services) process(r role, argv, env []string, dir string) int {
	out, err := os.CreateTemp(s.dir, string(r))
	if err != nil {
		s.t.Error(err)
		return -1
	}
	defer out.Close()
	stdout, stderr := out, out
	if slices.Contains(s.unread, string(r)+" stdout") {
		stdout = fullPipe(s.t)
	}
	if slices.Contains(s.unread, string(r)+" stderr") {
		stderr = fullPipe(s.t)
	}
	code, err := s.follow(r, argv, append(env, s.environment()...), dir, stdout, stderr)
	if err != nil {
		s.t.Errorf("%s: %v", r, err)
	}
	said, _ := os.ReadFile(out.Name())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.story = append(s.story, fmt.Sprintf("%s %v: exit %d\n%s", r, argv[1:], code, said))
	return code
}

// follow traces the process if it is a victim.
func (s *services) follow(r role, argv, env []string, dir string, out, errs *os.File) (int, error) {
	v := s.find(func(v *victim) bool { return v.role == r && v.process() == 0 })
	if v == nil {
		c := exec.Command(argv[0], argv[1:]...)
		c.Env, c.Dir, c.Stdout, c.Stderr = append(environ(), env...), dir, out, errs
		if err := c.Start(); err != nil {
			return -1, err
		}
		s.mu.Lock()
		s.last[r] = c.Process
		s.mu.Unlock()
		_ = c.Wait() // the exit code tells
		return c.ProcessState.ExitCode(), nil
	}
	stop := "writes"
	if v.reads {
		stop = "reads"
	}
	v.tracer = &tracer{
		root: s.sim.Dir(), reads: v.reads, filtered: true, log: out, env: append(env, stopVariable+"="+stop), dir: dir,
		enter:   func(c call) fate { return v.reaches(c.name) },
		started: func(pid int) { v.mu.Lock(); v.pid = pid; v.mu.Unlock() },
	}
	return v.tracer.run(argv)
}

// send sends a signal to the process that was started last in that role.
func (s *services) send(r role, signal syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.last[r].Signal(signal)
}

func (s *services) environment() []string {
	return []string{nodeVariable + "=" + s.sim.Dir(), fmt.Sprintf("%s=%d", ownerOfNode, os.Getpid())}
}

// fullPipe is a pipe that nobody reads and into which nothing more goes.
func fullPipe(t *testing.T) *os.File {
	t.Helper()
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fds[0]) })
	for n := 4096; n > 0; {
		if _, err := unix.Write(fds[1], make([]byte, n)); err != nil {
			n /= 2
		}
	}
	if err := unix.SetNonblock(fds[1], false); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fds[1]), "full pipe")
}
