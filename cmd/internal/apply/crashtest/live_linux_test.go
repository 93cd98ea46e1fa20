package crashtest

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// scenario is a verb and the state that it starts from.
type scenario struct {
	name string
	// before are the commands that lead to the state.
	before [][]string
	// broken kills the last of them when the runtime has been restarted, and the kubelet is down.
	broken bool
	// args is the command; without one, the timer of the pending change fires.
	args []string
	// old and new are the states that the node may be in afterwards.
	old, new string
}

func scenarios() []scenario {
	enable := []string{"enable", "--settle", "50ms", "--wait", "20s"}
	pending := append(slices.Clip(enable), "--confirm-within", "24h")
	return []scenario{
		{name: "enable", args: enable, old: "off", new: "works"},
		{name: "enable to be confirmed", args: pending, old: "off", new: "works"},
		{name: "disable", before: [][]string{enable}, args: []string{"disable", "--settle", "50ms", "--wait", "20s"}, old: "works", new: "off"},
		{name: "rollback", before: [][]string{enable}, args: []string{"rollback", "--settle", "50ms"}, old: "works", new: "off"},
		{name: "confirm", before: [][]string{pending}, args: []string{"confirm"}, old: "works", new: "works"},
		{name: "revert", before: [][]string{pending}, old: "works", new: "off"},
		{name: "recover", before: [][]string{enable}, broken: true, args: []string{"recover"}, old: "off", new: "off"},
	}
}

// live is a simulated node that runs, on which plegctl runs in processes of its own, as on a
// real one: the operator's, that of the transient service which makes the change, what
// systemd runs after it, and the guard's.
type live struct {
	*services
	scenario
	// saved is a copy of the files of the state that the scenario starts from, with the timers
	// that are armed then and whether the kubelet is down.
	saved string
	armed map[string]systemd.TimerSpec
	down  bool
	// oldFiles and newFiles are the node's files before and after the verb; calls are those
	// that the victim made on the way.
	oldFiles, newFiles string
}

// newLive brings a node into the state that the scenario starts from, saves it, and does the
// verb once to learn what the node is like afterwards.
func newLive(t *testing.T, c scenario) *live {
	t.Helper()
	sim, err := simnode.New(simnode.Options{Runtime: "cri-o", Second: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	if err := os.MkdirAll(filepath.Join(sim.Dir(), "etc/systemd/system"), 0o755); err != nil {
		t.Fatal(err)
	}
	l := &live{services: newServices(t, sim), scenario: c}
	for i, args := range c.before {
		if c.broken && i == len(c.before)-1 {
			l.breakOff(args)
		} else {
			l.must(func() int { return l.plegctl(args...) })
		}
	}
	l.save()
	l.oldFiles = snapshot(t, sim.Dir())
	l.must(l.do)
	l.newFiles = snapshot(t, sim.Dir())
	return l
}

// must does what has to succeed. On a machine that is slow beyond all bounds a change may be
// refused, which changes nothing.
func (l *live) must(do func() int) {
	l.t.Helper()
	for try := 1; ; try++ {
		code := do()
		if code == 0 {
			return
		}
		if code != 3 || try == 3 {
			l.t.Fatalf("%s: exit %d\n%s", l.name, code, l.told())
		}
	}
}

// breakOff does a verb until the runtime has been restarted.
func (l *live) breakOff(args []string) {
	l.t.Helper()
	l.save()
	v := l.suffers(&victim{role: service, at: -1})
	l.plegctl(args...)
	l.restore()
	l.killed = true
	l.suffers(&victim{role: service, at: slices.Index(v.calls, "restart "+l.sim.RuntimeUnit()+", done"), fate: fate{signal: kill}})
	l.plegctl(args...)
	l.killed, l.down, l.victims = false, true, nil
}

// save keeps the state that the node is in.
func (l *live) save() {
	l.saved = filepath.Join(l.t.TempDir(), "saved")
	copyTree(l.t, l.sim.Dir(), l.saved)
	l.armed = maps.Clone(l.timers)
}

// restore brings the node back into it.
func (l *live) restore() {
	l.t.Helper()
	err := l.sim.Reset(func() error {
		out, err := exec.Command("sh", "-c", `find "$1" -mindepth 1 -depth \( ! -type d ! -name plegctl -o -type d -empty \) -delete && cp -au "$2/." "$1"`, "-", l.sim.Dir(), l.saved).CombinedOutput()
		if err != nil {
			l.t.Errorf("%s", out)
		}
		return err
	})
	if err == nil && l.down {
		_, err = l.host.Units.Do(l.t.Context(), systemd.Stop, simnode.KubeletUnit)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.served = 0
	l.timers, l.victims, l.killed, l.unread, l.story = maps.Clone(l.armed), nil, false, nil, nil
}

// do does the verb and waits for the end of all processes.
func (l *live) do() int {
	if len(l.args) == 0 {
		return l.fire(slices.Collect(maps.Keys(l.armed))[0])
	}
	return l.plegctl(l.args...)
}

// plegctl runs it in the foreground and waits for the end of all processes.
func (l *live) plegctl(args ...string) int {
	code := l.process(foreground, append([]string{"/proc/self/exe"}, args...), nil, "/")
	l.busy.Wait()
	return code
}

// suffers names a victim of the next command.
func (l *live) suffers(v *victim) *victim {
	v.struck = make(chan struct{})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.victims = append(l.victims, v)
	return v
}

func (l *live) told() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.story, "\n")
}

// query runs a verb that only looks and decodes its JSON.
func (l *live) query(verb string, into any) error {
	c := exec.Command("/proc/self/exe", verb, "-o", "json")
	c.Env = append(environ(), l.environment()...)
	out, err := c.Output()
	if len(out) > 0 {
		err = json.Unmarshal(out, into)
	}
	return err
}

// change is a record of the history.
type change struct {
	ID, Outcome, UndoneBy  string
	ConfirmBy, ConfirmedBy any
}

// history is the record; the newest change comes first.
func (l *live) history() (changes []change, err error) {
	var h struct{ Changes []change }
	err = l.query("history", &h)
	return h.Changes, err
}

// judge holds the node against old and new, the daemons against the files, and the record
// against both. It returns whether the node is new.
func (l *live) judge() (isNew bool, faults []string) {
	fault := func(text ...string) { faults = append(faults, strings.Join(text, " ")) }
	changes, err := l.history()
	if err != nil {
		fault("history:", err.Error())
	}
	pending := false
	for _, c := range changes {
		if c.Outcome != "committed" && c.Outcome != "rolled-back" {
			fault(c.ID, "is", c.Outcome)
		}
		pending = pending || c.Outcome == "committed" && c.ConfirmBy != nil && c.ConfirmedBy == nil && c.UndoneBy == ""
	}
	// What is left of a guard finds nothing to do, and removes itself.
	for _, name := range slices.Sorted(maps.Keys(l.timers)) {
		if pending && strings.Contains(name, "-revert-") {
			continue
		}
		if code := l.fire(name); code != 0 {
			fault("the timer", name, "ends with", strconv.Itoa(code))
		}
	}
	if waits := len(l.timers) > 0; waits != pending {
		fault("a change waits for its confirmation:", strconv.FormatBool(pending), "and a timer waits:", strconv.FormatBool(waits))
	}
	got := snapshot(l.t, l.sim.Dir())
	isNew = got == l.newFiles
	if !isNew && got != l.oldFiles {
		fault("neither old nor new\nagainst old:", cmp.Diff(l.oldFiles, got), "\nagainst new:", cmp.Diff(l.newFiles, got))
		return isNew, faults
	}
	want := l.old
	if isNew {
		want = l.new
	}
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var status struct{ State string }
		if err := l.query("status", &status); err == nil && status.State == want {
			break
		}
		if time.Now().After(until) {
			fault("the state is", status.State, "and should be", want)
			break
		}
	}
	for _, unit := range []string{simnode.KubeletUnit, l.sim.RuntimeUnit()} {
		if u, err := l.host.Units.Unit(l.t.Context(), unit); err != nil || u.Active != "active" {
			fault(unit, "is", u.Active)
		}
	}
	left, _ := filepath.Glob(filepath.Join(l.sim.Dir(), "var/lib/plegctl/*.new*"))
	for _, name := range left {
		fault("left:", name)
	}
	return isNew, faults
}
