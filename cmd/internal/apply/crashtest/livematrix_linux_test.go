package crashtest

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const kill = syscall.SIGKILL

// errnos are what disks and kernels answer when they cannot.
func errnos() []syscall.Errno {
	return []syscall.Errno{syscall.ENOSPC, syscall.EIO, syscall.EROFS, syscall.EDQUOT, syscall.EMFILE, syscall.EINTR, syscall.EACCES}
}

// row is one way to break a verb, at each of some calls of it.
type row struct {
	name  string
	calls []string
	// some is how many cells are done without CRASHTEST=full, most how many with it; 0 is all.
	some, most int
	// rare rows are left out of the sample of most verbs.
	rare bool
	// cell breaks it at the k-th call and returns the exit code of the command.
	cell func(k int) int
	// codes are the exit codes that it may have.
	codes []int
}

// TestLiveMatrix breaks plegctl on a node that runs. CRASHTEST=full does every cell, CRASHTEST=N
// at most so many of each row; without it a few of each row are done for enable, and of the
// first rows for the other verbs.
func TestLiveMatrix(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED, nothing was proven: only root's changes are made in a service")
	}
	for _, c := range scenarios() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newLive(t, c)
			for _, r := range l.rows() {
				if !r.rare || full() || c.name == "enable" {
					t.Run(r.name, func(t *testing.T) { l.row(t, r) })
				}
			}
		})
	}
}

func (l *live) row(t *testing.T, r row) {
	t.Helper()
	l.t = t
	cells := 0
	for k := range r.sample() {
		l.restore()
		name := fmt.Sprintf("%s, %s at call %d (%s)", l.name, r.name, k, r.calls[k])
		held := time.AfterFunc(time.Minute, func() { l.end(name) })
		l.verdict(name, l.once(r.cell, k), r.codes)
		held.Stop()
		cells++
	}
	t.Logf("%d of %d cells", cells, len(r.calls))
}

func (l *live) rows() []row {
	worker := service
	if len(l.args) == 0 {
		worker = timer
	}
	writes := l.learn(worker, false)
	strike := func(f fate) func(int) int {
		return func(k int) int {
			l.suffers(&victim{role: worker, at: k, fate: f})
			return l.do()
		}
	}
	fail := func(reads bool) func(int) int {
		return func(k int) int {
			l.suffers(&victim{role: worker, at: k, reads: reads, fate: fate{errno: errnos()[k%len(errnos())]}})
			return l.do()
		}
	}
	broken := errnos()[:4] // an EINTR for ever has no end, and descriptors can be had again
	stuck := func(k int) int {
		l.suffers(&victim{role: worker, at: k, stays: true, fate: fate{errno: broken[k%len(broken)]}})
		return l.do()
	}
	any := []int{0, 1, 3, 4, 5, 6, 7}
	died := []int{0, 1, 4, 5}
	rows := []row{
		{name: "killed", calls: writes, some: 3, cell: strike(fate{signal: kill}), codes: died},
		{name: "SIGSTOP", calls: writes, some: 1, cell: func(k int) int { return l.frozen(worker, k) }, codes: died},
		{name: "SIGQUIT", calls: writes, some: 1, rare: true, cell: strike(fate{signal: syscall.SIGQUIT}), codes: died},
	}
	if runtime.GOARCH == "amd64" {
		rows = append(rows,
			row{name: "a failing write", calls: writes, some: 1, cell: fail(false), codes: any},
			row{name: "a disk that fails from then on", calls: writes, some: 1, most: 40, rare: true, cell: stuck, codes: any},
		)
		if full() || l.name == "enable" {
			reads := l.learn(worker, true)
			rows = append(rows, row{name: "a failing read", calls: reads, some: 2, most: 60, rare: true, cell: fail(true), codes: any})
		}
	}
	if worker == timer {
		return rows
	}
	rows = append(rows, row{name: "killed with all that comes after", calls: writes, some: 1, most: 40, rare: true, cell: func(k int) int {
		l.killed = true
		return strike(fate{signal: kill})(k)
	}, codes: []int{1, 6}})
	for _, signal := range []syscall.Signal{kill, syscall.SIGSTOP, syscall.SIGQUIT, syscall.SIGHUP} {
		rows = append(rows, row{
			name: fmt.Sprintf("the foreground gets signal %d", signal), calls: writes, some: 1, most: 8, rare: true,
			cell: func(k int) int { return l.unwatched(k, signal) }, codes: []int{0},
		})
	}
	streams := []string{"foreground stdout", "foreground stderr", "service stderr"}
	rows = append(rows, row{name: "nobody reads", calls: streams, some: 3, rare: true, cell: func(k int) int { return l.blocked(streams[k]) }, codes: []int{0}})
	half := slices.IndexFunc(writes, func(call string) bool { return strings.HasPrefix(call, "restart ") })
	if half < 0 || l.broken {
		return rows
	}
	breakOff := func() { l.suffers(&victim{role: service, at: half, fate: fate{signal: kill}}) }
	l.restore()
	breakOff()
	v := l.suffers(&victim{role: after, at: -1})
	l.do()
	return append(rows, row{name: "killed half way, and its recovery", calls: v.calls, some: 1, rare: true, cell: func(k int) int {
		breakOff()
		l.suffers(&victim{role: after, at: k, fate: fate{signal: kill}})
		return l.do()
	}, codes: []int{0, 1, 6}})
}

// end ends a cell that is held up.
func (l *live) end(cell string) {
	l.t.Errorf("%s is held up\n%s", cell, l.told())
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, v := range l.victims {
		if pid := v.process(); pid > 0 {
			_ = syscall.Kill(pid, kill)
		}
	}
	for _, p := range l.last {
		_ = p.Kill()
	}
}

// once does a cell in which something has happened to the victim: on a machine that is slow
// beyond all bounds a command may refuse the change before, which breaks nothing.
func (l *live) once(cell func(int) int, k int) int {
	for try := 1; ; try++ {
		code := cell(k)
		if try == 3 || code != 3 || l.struck() {
			return code
		}
		l.restore()
	}
}

// struck reports whether something has happened to all victims.
func (l *live) struck() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !slices.ContainsFunc(l.victims, func(v *victim) bool {
		select {
		case <-v.struck:
			return false
		default:
			return true
		}
	})
}

// learn returns the calls of a process in an undisturbed run.
func (l *live) learn(r role, reads bool) []string {
	l.t.Helper()
	var v *victim
	l.must(func() int {
		l.restore()
		v = l.suffers(&victim{role: r, reads: reads, at: -1})
		return l.do()
	})
	return v.calls
}

// frozen stops the worker at a call. Then the guard ends it where there is one, or else the
// operator does, whose command is refused.
func (l *live) frozen(worker role, k int) int {
	v := l.suffers(&victim{role: worker, at: k, fate: fate{signal: syscall.SIGSTOP}})
	code := make(chan int, 1)
	go func() { code <- l.do() }()
	select {
	case <-v.struck:
	case c := <-code:
		return c
	}
	l.mu.Lock()
	guard := slices.IndexFunc(slices.Sorted(maps.Keys(l.timers)), func(name string) bool { return strings.Contains(name, "guard") })
	names := slices.Sorted(maps.Keys(l.timers))
	l.mu.Unlock()
	if guard >= 0 {
		if code := l.fire(names[guard]); code != 0 {
			l.t.Errorf("the guard ends with %d\n%s", code, l.told())
		}
	}
	// Before it is armed, and where the guard finds nothing to undo, it is for the operator.
	if v.running() {
		if code := l.process(foreground, []string{"/proc/self/exe", "recover", "--timeout", "5s"}, nil, "/"); code != 7 && code != 0 {
			l.t.Errorf("beside a frozen change recover ends with %d\n%s", code, l.told())
		}
		_ = syscall.Kill(v.process(), kill)
	}
	return <-code
}

// unwatched sends a signal to the foreground when the service makes its k-th call; the
// change goes on.
func (l *live) unwatched(k int, signal syscall.Signal) int {
	l.suffers(&victim{role: service, at: k, happens: func() { l.send(foreground, signal) }})
	code := make(chan int, 1)
	go func() { code <- l.process(foreground, append([]string{"/proc/self/exe"}, l.args...), nil, "/") }()
	if signal == syscall.SIGSTOP {
		l.ended()
		l.send(foreground, syscall.SIGCONT)
	}
	got := <-code
	l.busy.Wait()
	if want := map[syscall.Signal]int{kill: -1, syscall.SIGSTOP: 0}; got != want[signal] && got != 130 {
		l.t.Errorf("%s, signal %d: the foreground ends with %d\n%s", l.name, signal, got, l.told())
	}
	return 0
}

// ended waits until a service has been started and has ended.
func (l *live) ended() {
	l.t.Helper()
	for until := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		l.mu.Lock()
		ended := l.served > 0 && len(l.runs) == 0
		l.mu.Unlock()
		if ended {
			return
		}
		if time.Now().After(until) {
			l.t.Fatalf("the change is held up\n%s", l.told())
		}
	}
}

// blocked lets nobody read a stream.
func (l *live) blocked(stream string) int {
	l.unread = []string{stream}
	code := make(chan int, 1)
	go func() { code <- l.do() }()
	l.ended()
	if stream == "foreground stdout" { // it waits for a reader of its answer
		l.send(foreground, kill)
		<-code
		return 0
	}
	return <-code
}

// verdict judges a cell: the exit code is one of those and says what became of the node.
func (l *live) verdict(cell string, code int, codes []int) {
	l.t.Helper()
	var faults []string
	if !slices.Contains(codes, code) {
		faults = append(faults, fmt.Sprintf("exit %d", code))
	}
	// After these the operator has to do something, and knows it.
	if changes, err := l.history(); code == 1 || code == 6 || err == nil && len(changes) > 0 && changes[0].Outcome == "open" && !slices.Equal(codes, []int{0}) {
		if again := l.plegctl("recover"); again != 0 {
			faults = append(faults, fmt.Sprintf("recover ends with %d", again))
		}
	}
	isNew, more := l.judge()
	faults = append(faults, more...)
	if code == 0 && !isNew || code == 5 && isNew {
		faults = append(faults, fmt.Sprintf("exit %d, and the node is new: %v", code, isNew))
	}
	if len(faults) > 0 {
		l.t.Errorf("%s:\n%s\n%s", cell, strings.Join(faults, "\n"), l.told())
	}
}

// sample yields the cells to do: the first, the last, and others at equal distances; or the
// one in the middle.
func (r row) sample() func(func(int) bool) {
	return func(yield func(int) bool) {
		n, wanted := len(r.calls), r.some
		if full() {
			wanted = cmp.Or(r.most, n)
			if most, err := strconv.Atoi(os.Getenv("CRASHTEST")); err == nil {
				wanted = min(wanted, most)
			}
		}
		wanted = min(n, wanted)
		for i := range wanted {
			at := i * (n - 1) / max(1, wanted-1)
			if wanted == 1 {
				at = n / 2
			}
			if !yield(at) {
				return
			}
		}
	}
}
