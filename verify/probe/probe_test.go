package probe

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/verify/known"
)

func at(seconds float64) time.Time {
	return time.Unix(1_800_000_000, 0).Add(time.Duration(seconds * float64(time.Second)))
}

func event(kind, id string, created, received float64) Event {
	return Event{Type: kind, Container: id, Sandbox: "s1", Created: at(created), Received: at(received), HasStatus: true}
}

func runtimeAt(t *testing.T, name known.RuntimeName, version string) known.Runtime {
	t.Helper()
	v, err := known.Parse(version)
	if err != nil {
		t.Fatal(err)
	}
	return known.RuntimeAt(name, v)
}

func TestVerdicts(t *testing.T) {
	crio := runtimeAt(t, known.CRIO, "1.34.11")
	for _, c := range []struct {
		name   string
		events int
		open   float64
		how    Ending
		by     known.Runtime
		want   Verdict
		says   string
	}{
		{"events came", 3, 10, Enough, crio, Streaming, "3 events"},
		{"nothing came", 0, 10, Enough, crio, Idle, "look the same"},
		{"EOF at once", 0, 0.01, EndedByRuntime, crio, ClosedAtOnce, "pod events are off"},
		{"EOF at once from containerd", 0, 0.01, EndedByRuntime, runtimeAt(t, known.Containerd, "2.4.2"), ClosedAtOnce, "stopping"},
		{"EOF later without an event", 0, 30, EndedByRuntime, crio, Ended, "stopped or restarted"},
		{"EOF soon after an event", 1, 0.5, EndedByRuntime, crio, Ended, "stopped or restarted"},
		{"broken at once", 0, 0.01, Broken, crio, Ended, "broke"},
		{"too old", 0, 0.01, NoCall, runtimeAt(t, known.Containerd, "1.6.39"), Unsupported, "containerd 1.6.39"},
		{"too old, not introduced", 0, 0.01, NoCall, known.Runtime{}, Unsupported, "the runtime does not know"},
		{"plugin off", 0, 0.01, NoService, known.Runtime{}, Unsupported, "no CRI service"},
		{"no socket", 0, 0, Unreachable, known.Runtime{}, NotReachable, "nothing answers"},
		{"not root", 0, 0, Denied, known.Runtime{}, NotReachable, "permission denied"},
		{"starting", 0, 0, Starting, known.Runtime{}, NotReachable, "still starting"},
		{"hung", 0, 0, Hung, known.Runtime{}, NotReachable, "answers nothing"},
	} {
		j := NewJudge(at(0))
		for i := range c.events {
			j.Event(event("started", fmt.Sprint("c", i), 0.1, 0.2))
		}
		got := j.End(at(c.open), c.how, c.by)
		if got.Verdict != c.want || !strings.Contains(got.Why, c.says) {
			t.Errorf("%s: %s, %q", c.name, got.Verdict, got.Why)
		}
		if got.Verdict != Streaming && got.Hint == "" {
			t.Errorf("%s: no hint", c.name)
		}
	}
}

func TestGaps(t *testing.T) {
	for _, c := range []struct {
		kinds string
		want  string
	}{
		{"created started stopped deleted", ""},
		{"created deleted", ""},
		{"created stopped", "started"},
		{"started deleted", "stopped"},
		{"stopped deleted", ""},
		{"deleted created", ""},
		{"created started started stopped deleted deleted", ""},
	} {
		j := NewJudge(at(0))
		var gaps []string
		for i, kind := range strings.Fields(c.kinds) {
			if seen := j.Event(event(kind, "c1", float64(i), float64(i))); seen.Gap != "" {
				gaps = append(gaps, seen.Gap)
			}
		}
		if got := strings.Join(gaps, " "); got != c.want || j.Summary(at(9)).Gaps != len(gaps) {
			t.Errorf("%s: missing %q, want %q", c.kinds, got, c.want)
		}
	}
}

// Containers that are gone take no place from those that live.
func TestDeletedContainersAreForgottenFirst(t *testing.T) {
	j := NewJudge(at(0))
	j.Event(event("created", "old", 1, 1))
	for i := range maxTracked + 1 {
		for _, kind := range []string{"created", "deleted"} {
			j.Event(event(kind, fmt.Sprint("c", i), 1, 1))
		}
	}
	if seen := j.Event(event("stopped", "old", 2, 2)); seen.Gap != "started" {
		t.Errorf("the container that lives was forgotten: %+v", seen)
	}
}

func TestASandboxOfCRIOHasNoGap(t *testing.T) {
	j := NewJudge(at(0))
	for i, kind := range []string{"started", "deleted"} {
		e := event(kind, "s1", float64(i), float64(i))
		if seen := j.Event(e); seen.Gap != "" {
			t.Errorf("%s of the sandbox: gap %q", kind, seen.Gap)
		}
	}
}

func TestReopeningForgetsLives(t *testing.T) {
	j := NewJudge(at(0))
	j.Event(event("created", "c1", 1, 1))
	j.Reopened(at(5))
	if seen := j.Event(event("stopped", "c1", 6, 6)); seen.Gap != "" || seen.Backlog {
		t.Errorf("after a reconnect: %+v", seen)
	}
	if s := j.Summary(at(7)); s.Reconnects != 1 || s.Events != 2 || s.Took != 7*time.Second {
		t.Errorf("%+v", s)
	}
}

func TestAgesLeaveTheBacklogOut(t *testing.T) {
	j := NewJudge(at(0))
	if seen := j.Event(event("started", "old", -250, 0.1)); !seen.Backlog || seen.Age != 250100*time.Millisecond {
		t.Errorf("%+v", seen)
	}
	for i := range 100 {
		j.Event(event("started", fmt.Sprint(i), 1, 1.002))
	}
	j.Event(event("started", "slow", 2, 3))
	s := j.Summary(at(4))
	if s.Backlog != 1 || s.MinAge != 2*time.Millisecond || s.MaxAge != time.Second || s.FirstAfter != 100*time.Millisecond {
		t.Errorf("%+v", s)
	}
	if s.MedianAge < 2*time.Millisecond || s.MedianAge > 2200*time.Microsecond || s.P99Age > 2200*time.Microsecond {
		t.Errorf("median %s, p99 %s", s.MedianAge, s.P99Age)
	}
}

func TestHazards(t *testing.T) {
	for _, c := range []struct {
		name    known.RuntimeName
		version string
		want    string
	}{
		{known.Containerd, "1.7.27", "probe-theft"},
		{known.Containerd, "2.0.0", ""},
		{known.CRIO, "1.27.0", "probe-theft"},
		{known.CRIO, "1.28.0", "probe-crash"},
		{known.CRIO, "1.32.9", "probe-crash"},
		{known.CRIO, "1.33.0", ""},
	} {
		var got []string
		for _, h := range Hazards(runtimeAt(t, c.name, c.version)) {
			got = append(got, h.Risk)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %s: %v, want %q", c.name, c.version, got, c.want)
		}
	}
	if n := len(Hazards(known.Runtime{Name: known.CRIO})); n != 2 {
		t.Errorf("CRI-O of an unknown version: %d hazards", n)
	}
	for version, want := range map[string]string{"": "containerd (of a version that is not known) may have one queue", "1.7.27": "containerd 1.7.27 has one queue"} {
		r := known.Runtime{Name: known.Containerd}
		if version != "" {
			r = runtimeAt(t, known.Containerd, version)
		}
		if found := Hazards(r); len(found) != 1 || found[0].Risk != "probe-theft" || !strings.Contains(found[0].Why, want) {
			t.Errorf("containerd %q: %+v", version, found)
		}
	}
	if n := len(Hazards(known.Runtime{Name: "cri-dockerd"})); n != 0 {
		t.Errorf("a runtime without events: %d hazards", n)
	}
}

// What is counted: each type of its own and no other, what a kubelet would drop, and the delays
// by bounds that people know.
func TestWhatIsCounted(t *testing.T) {
	j := NewJudge(at(0))
	for i, kind := range []string{"created", "started", "stopped", "deleted", "paused", "started"} {
		e := event(kind, fmt.Sprint(i), 1, 1.0005)
		e.HasStatus = i > 0
		j.Event(e)
	}
	for _, delay := range []float64{0.0015, 0.004, 0.009, 0.015, 0.04, 0.09, 0.5, 20} {
		j.Event(event("started", "c", 1, 1+delay))
	}
	s := j.Summary(at(30))
	if s.Events != 14 || s.NoStatus != 1 || s.Backlog != 0 {
		t.Errorf("%+v", s)
	}
	if fmt.Sprint(s.ByType) != "map[created:1 deleted:1 started:10 stopped:1]" {
		t.Errorf("%v", s.ByType)
	}
	var counts []string
	for _, b := range s.Delays {
		counts = append(counts, fmt.Sprintf("%v:%d", b.Below, b.Count))
	}
	if got := strings.Join(counts, " "); got != "1ms:6 2ms:1 5ms:1 10ms:1 20ms:1 50ms:1 100ms:1 1s:1 0s:1" {
		t.Error(got)
	}
	if s.MinAge != 500*time.Microsecond || s.MaxAge != 20*time.Second || s.P99Age != s.MaxAge {
		t.Errorf("%+v", s)
	}
	if none := NewJudge(at(0)).Summary(at(1)); none.MedianAge != 0 || none.P99Age != 0 || none.MaxAge != 0 || none.FirstAfter != 0 {
		t.Errorf("no event: %+v", none)
	}
}

// An event whose clock runs ahead of ours has an age below zero; one that is as old as the
// stream is not of its backlog.
func TestBordersOfAges(t *testing.T) {
	j := NewJudge(at(1))
	if seen := j.Event(event("started", "a", 1, 1)); seen.Backlog || seen.Age != 0 {
		t.Errorf("%+v", seen)
	}
	ahead := NewJudge(at(1))
	ahead.Event(event("started", "b", 2, 1.5))
	if s := ahead.Summary(at(3)); s.MinAge != -500*time.Millisecond || s.MaxAge != s.MinAge || s.MedianAge != s.MinAge || s.P99Age != s.MinAge {
		t.Errorf("a single event: %+v", s)
	}
	j.Event(event("started", "b", 2, 1.5))
	j.Event(event("started", "c", 2, 2.25))
	if s := j.Summary(at(3)); s.MinAge != -500*time.Millisecond || s.MaxAge != 250*time.Millisecond {
		t.Errorf("%+v", s)
	}
	j.Reopened(at(5))
	if seen := j.Event(event("started", "d", 4, 5)); !seen.Backlog {
		t.Errorf("older than the stream that was opened again: %+v", seen)
	}
}

func TestOneEventIsSingular(t *testing.T) {
	for n, want := range map[int]string{1: "1 event", 2: "2 events"} {
		j := NewJudge(at(0))
		for range n {
			j.Event(event("started", "c", 1, 1))
		}
		if got := j.End(at(2), Enough, known.Runtime{}); got.Why != want {
			t.Errorf("%d: %s", n, got.Why)
		}
	}
	if got := NewJudge(at(0)).End(at(0.1), EndedByRuntime, known.Runtime{}); !strings.Contains(got.Hint, "enable_pod_events = true under [crio.runtime]") {
		t.Errorf("a runtime that is not known: %+v", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	j := NewJudge(at(0))
	feed := func(n int) {
		for i := range n {
			j.Event(event("created", fmt.Sprint("container-", i), 1, 1))
		}
	}
	feed(2 * maxTracked)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	feed(100_000)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("grew by %d bytes", grown)
	}
	if len(j.lives.byID) != maxTracked || j.lives.order.Len() != maxTracked {
		t.Errorf("tracks %d", len(j.lives.byID))
	}
}

func BenchmarkJudge(b *testing.B) {
	j := NewJudge(at(0))
	kinds := []string{"created", "started", "stopped", "deleted"}
	ids := make([]string, 5000)
	for i := range ids {
		ids[i] = fmt.Sprint("container-", i)
	}
	b.ReportAllocs()
	for i := range b.N {
		j.Event(event(kinds[i%4], ids[i/4%len(ids)], 1, 1.001))
	}
}
