package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// What each state says and advises, by what led to it.
func TestReasonAndAdvice(t *testing.T) {
	off := source.Set(false, source.At(source.ConfigFile, "/x", 9, 1))
	fellBack := func(f *Facts) { f.Kubelet.Metrics.Value.Successes, f.Kubelet.Metrics.Value.Errors = 5, 5 }
	logged := func(f *Facts, errors logscan.StreamErrors) {
		fellBack(f)
		errors.Count, errors.First.Text = 5, "rpc error: code = X"
		f.Kubelet.Log.Value = &logscan.Run{StartSeen: true, Errors: errors}
	}
	for name, c := range map[string]struct {
		change       func(*Facts)
		state        State
		reason, hint string
	}{
		"works": {func(*Facts) {}, StateWorks, "is up and delivers: the kubelet counted 7 events since its start", ""},
		"works, by elimination": {func(f *Facts) {
			f.Kubelet.Metrics, f.Runtime.Streams = Unseen[Metrics]("403", ""), Fact[int]{}
		}, StateWorks, "up by elimination", ""},
		"works until the next restart of the kubelet": {func(f *Facts) { f.Kubelet.Gate = off }, StateRestartPending, "ends with the next restart of the kubelet", "plegctl plan"},
		"works until the next restart of the runtime": {func(f *Facts) { f.Runtime.Events = off }, StateRestartPending, "ends with the next restart of the runtime", "plegctl plan"},
		"fell back, nothing else known":               {fellBack, StateFellBack, "5 streams opened, 5 failed: after 5 failures", "`systemctl restart kubelet.service`: it does not come back by itself"},
		"fell back, the log names an error":           {func(f *Facts) { logged(f, logscan.StreamErrors{Closed: 5}) }, StateFellBack, "the first error: rpc error: code = X", "`systemctl restart kubelet.service`: it does not come back by itself"},
		"fell back, the runtime has no events": {
			func(f *Facts) { logged(f, logscan.StreamErrors{Unimplemented: 5}) }, StateFellBack,
			"the runtime does not support container events: rpc error: code = X", "turn the gate off: `plegctl disable`; a restart of the kubelet leads here again",
		},
		"fell back, the runtime restarted": {func(f *Facts) {
			fellBack(f)
			f.Runtime.Process.Value.Start = noon().Add(-time.Minute)
		}, StateFellBack, "the runtime restarted at 2026-11-23 11:59:00 UTC, after the kubelet's start", "`systemctl restart kubelet.service`: it does not come back by itself; `plegctl couple` restarts it after the runtime from now on"},
		"fell back, the runtime was not restarted": {func(f *Facts) {
			fellBack(f)
			f.Runtime.RunningEvents = []Fact[bool]{Seen(false, "/config")}
		}, StateFellBack, "the runtime's files have its events on, but the running runtime has not", "restart the runtime, then the kubelet"},
		"fell back, the runtime's events are off": {func(f *Facts) {
			fellBack(f)
			f.Runtime.RunningEvents, f.Runtime.Events = []Fact[bool]{Seen(false, "/config")}, off
		}, StateFellBack, "has its container events off", "`plegctl disable`"},
		"no kubelet": {func(f *Facts) {
			f.Kubelet = Kubelet{Unit: Seen(Unit{Name: "kubelet.service", Load: "not-found"}, "systemd")}
		}, StateInconclusive, "kubelet.service does not exist, and no kubelet is running", "--kubelet-unit UNIT"},
		"no kubelet, another unit": {func(f *Facts) {
			f.Kubelet = Kubelet{Unit: Seen(Unit{Name: "x.service", Load: "not-found"}, "systemd"), Process: Unseen[Process]("none has the name", "")}
		}, StateInconclusive, "x.service does not exist, and none has the name", "systemctl list-units"},
		"the kubelet is masked": {func(f *Facts) {
			f.Kubelet.Unit.Value.Active, f.Kubelet.Unit.Value.Load = "inactive", "masked"
			f.Kubelet.Process, f.Kubelet.Healthz, f.Kubelet.Metrics = Fact[Process]{}, Fact[string]{}, Fact[Metrics]{}
		}, StateBroken, "kubelet.service is masked", "systemctl unmask kubelet.service"},
		"the runtime is down": {func(f *Facts) {
			f.Runtime.Unit.Value.Active, f.Runtime.Process, f.Runtime.Answers = "failed", Fact[Process]{}, Fact[bool]{}
		}, StateBroken, "runtime.service is failed", "journalctl -u runtime.service"},
		"the kubelet would not start": {func(f *Facts) {
			f.Kubelet.Problems = []source.Problem{{Effect: source.Fatal, Message: "bad", Hint: "correct it"}}
		}, StateBroken, "the kubelet would not start with its configuration: bad", "correct it"},
		"the kubelet is down, for its configuration": {func(f *Facts) {
			f.Kubelet.Unit.Value.Active, f.Kubelet.Process = "failed", Fact[Process]{}
			f.Kubelet.Problems = []source.Problem{{Effect: source.Fatal, Message: "bad", Hint: "correct it"}}
		}, StateBroken, "it does not start with its configuration: bad", "correct it"},
		"unreadable": {func(f *Facts) {
			f.Kubelet.Gate = source.Unknown[bool]("permission denied", "use sudo")
			f.Kubelet.Running, f.Kubelet.Metrics, f.Runtime.Streams = nil, Unseen[Metrics]("403", ""), Fact[int]{}
			f.Kubelet.Log = Unseen[*logscan.Run]("permission denied", "")
		}, StateInconclusive, "permission denied", "use sudo"},
		"off": {func(f *Facts) {
			f.Kubelet.Gate, f.Runtime.Events = off, source.DefaultTo(false)
			f.Kubelet.Running, f.Runtime.RunningEvents = []Fact[bool]{Seen(false, "/configz")}, []Fact[bool]{Seen(false, "/config")}
		}, StateOff, "the gate off at /x:9:1", ""},
		"off, set nowhere": {func(f *Facts) {
			f.Kubelet.Gate, f.Runtime.Events = source.DefaultTo(false), source.DefaultTo(false)
			f.Kubelet.Running, f.Runtime.RunningEvents = []Fact[bool]{Seen(false, "/configz")}, []Fact[bool]{Seen(false, "/config")}
		}, StateOff, "no source sets the gate", ""},
		"on, and the stream cannot be seen": {func(f *Facts) {
			f.Kubelet.Metrics, f.Runtime.Streams = Unseen[Metrics]("403", "give a token"), Fact[int]{}
			f.Kubelet.Log = Unseen[*logscan.Run]("permission denied", "")
		}, StateInconclusive, "whether the event stream is up could not be seen", "give a token"},
		"an image, half": {func(f *Facts) {
			offlineFacts(f)
			f.Kubelet.Gate = off
		}, StateHalf, "the runtime's events are on, but the gate is off", "`plegctl plan` shows what is missing"},
		"harmful": {func(f *Facts) { f.Kubelet.Version.Value = known.V(1, 37, 2) }, StateHarmful, "pods with init containers never start", "leave the gate off"},
	} {
		f := crio()
		c.change(&f)
		v := Judge(f)
		if strings.HasSuffix(v.Reason, ": ") || v.State != c.state || !strings.Contains(v.Reason, c.reason) || !strings.Contains(v.Hint, c.hint) || c.hint == "" != (v.Hint == "") {
			t.Errorf("%s: %s: %s\nhint: %s", name, v.State, v.Reason, v.Hint)
		}
	}
}

// Two times that lie as close together as a process's start is exact say nothing.
func TestStartsAreComparedWithinTheirSlack(t *testing.T) {
	const slack = time.Second
	for gap, want := range map[time.Duration]struct{ after, certain bool }{
		0: {false, false}, slack: {true, false}, -slack: {false, false}, slack + 1: {true, true}, -slack - 1: {false, true},
	} {
		p := Process{Start: noon(), Slack: slack}
		if after, certain := p.StartedAfter(noon().Add(-gap)); after != want.after || certain != want.certain {
			t.Errorf("%v: after %v, certain %v", gap, after, certain)
		}
		// Runtime and kubelet are each exact to half of it.
		f := crio()
		f.Kubelet.Process = Seen(Process{Start: noon(), Slack: slack / 2}, "")
		f.Runtime.Process = Seen(Process{Start: noon().Add(gap), Slack: slack / 2}, "")
		if younger, certain := runtimeYounger(f); younger != want.after || certain != want.certain {
			t.Errorf("%v: younger %v, certain %v", gap, younger, certain)
		}
	}
}

// Without a reading of the running runtime, its files count only if they were certainly there
// before its start, and are then inferred.
func TestEventsByTheStartOfTheRuntime(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(*Facts)
		want     Holds
		inferred bool
	}{
		"changed before the start":   {func(*Facts) {}, Yes, true},
		"changed after it":           {func(f *Facts) { f.Runtime.Changed.Value = noon() }, Unknown, false},
		"too close to tell":          {func(f *Facts) { f.Runtime.Process.Value.Slack = 2 * time.Hour }, Unknown, false},
		"the process is not known":   {func(f *Facts) { f.Runtime.Process = Fact[Process]{} }, Unknown, false},
		"the files are not readable": {func(f *Facts) { f.Runtime.Events = source.Unknown[bool]("no", "") }, Unknown, false},
	} {
		f := crio()
		f.Runtime.RunningEvents = []Fact[bool]{Unseen[bool]("no answer", "")}
		c.change(&f)
		got := eventsLoaded(f)
		if got.holds != c.want || got.inferred != c.inferred {
			t.Errorf("%s: %+v", name, got)
		}
		if got.holds == Unknown && (got.gap == nil || got.gap.Why != "no answer") {
			t.Errorf("%s: %+v", name, got.gap)
		}
	}
}

// The same for the kubelet and its gate.
func TestGateByTheStartOfTheKubelet(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(*Facts)
		want     Holds
		inferred bool
	}{
		"changed before the start": {func(*Facts) {}, Yes, true},
		"changed after it":         {func(f *Facts) { f.Kubelet.Changed.Value = noon() }, Unknown, false},
		"too close to tell":        {func(f *Facts) { f.Kubelet.Process.Value.Slack = 2 * time.Hour }, Unknown, false},
		"not readable":             {func(f *Facts) { f.Kubelet.Gate = source.Unknown[bool]("no", "") }, Unknown, false},
	} {
		f := crio()
		f.Kubelet.Running = nil
		c.change(&f)
		if got := gateLoaded(f); got.holds != c.want || got.inferred != c.inferred {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A daemon answers by any of its answers, and has had its time exactly when that is over.
func TestAnswersAndTheirTime(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*Facts)
		answers bool
	}{
		"both":    {func(*Facts) {}, true},
		"healthz": {func(f *Facts) { f.Kubelet.Metrics = Fact[Metrics]{} }, true},
		"metrics": {func(f *Facts) { f.Kubelet.Healthz = Fact[string]{} }, true},
		"neither": {func(f *Facts) { f.Kubelet.Healthz, f.Kubelet.Metrics = Seen("failed", ""), Fact[Metrics]{} }, false},
	} {
		f := crio()
		c.change(&f)
		if got := daemons(f)[0].answers; got != c.answers {
			t.Errorf("%s: %v", name, got)
		}
	}
	for age, want := range map[time.Duration]bool{settleTime - 1: false, settleTime: true} {
		f := crio()
		f.Kubelet.Process.Value.Start = f.At.Add(-age)
		if settled(f) != want {
			t.Errorf("%v after its start: %v", age, !want)
		}
	}
	// Events before the last failure say nothing of the stream that is open now.
	for failures, want := range map[int]Holds{0: Yes, 1: Unknown} {
		f := crio()
		f.Kubelet.Metrics = Unseen[Metrics]("403", "")
		f.Kubelet.Log.Value = &logscan.Run{StartSeen: true, Events: logscan.Events{Count: 3}, Errors: logscan.StreamErrors{Count: failures, SinceEvent: failures}}
		if got := Judge(f).Of(RungDelivering).Holds; got != want {
			t.Errorf("%d failures since the last event: %v", failures, got)
		}
	}
}

// An event stream that failed a moment ago may be open again in the next.
func TestFailedJustNow(t *testing.T) {
	for age, want := range map[time.Duration]State{time.Second: StateInconclusive, settleTime: StateWorks} {
		f := crio()
		f.Kubelet.Metrics, f.Runtime.Streams = Unseen[Metrics]("403", ""), Fact[int]{}
		f.Kubelet.Log.Value = &logscan.Run{StartSeen: true, Errors: logscan.StreamErrors{Count: 2, SinceEvent: 2, Last: logscan.Finding{Time: noon().Add(-age)}}}
		if v := Judge(f); v.State != want || len(v.Waiting) > 0 != (want == StateInconclusive) {
			t.Errorf("%v ago: %s, %s, waiting %v", age, v.State, v.Reason, v.Waiting)
		}
	}
}

// A log with holes shows what it shows, and proves nothing by what it does not.
func TestNothingIsEliminatedByALogWithHoles(t *testing.T) {
	for name, hole := range map[string]func(*logscan.Run){
		"not to the start": func(r *logscan.Run) { r.StartSeen = false },
		"not to the end":   func(r *logscan.Run) { r.Unread = "the time was over" },
		"a rate limit":     func(r *logscan.Run) { r.Suppressed = 1 },
		"cut lines":        func(r *logscan.Run) { r.Cut = 1 },
		"wrapped lines":    func(r *logscan.Run) { r.Wrapped = 1 },
		"misplaced lines":  func(r *logscan.Run) { r.Misplaced = 1 },
	} {
		f := crio()
		f.Kubelet.Metrics, f.Runtime.Streams = Unseen[Metrics]("403", ""), Fact[int]{}
		hole(f.Kubelet.Log.Value)
		if v := Judge(f); v.State != StateInconclusive {
			t.Errorf("%s: %s, %s", name, v.State, v.Reason)
		}
	}
}

func TestAttentionNamesWhatNeedsAPerson(t *testing.T) {
	change := &Transaction{ID: "1", State: StateFailed}
	for code, own := range map[string]Own{
		"interrupted-change": {Open: change},
		"failed-rollback":    {Last: change},
		"unconfirmed-change": {Confirm: &Confirm{ID: "1"}},
		"drift":              {Drift: []Drift{{Path: "/x"}}},
		"unreadable-history": {Problem: "permission denied"},
	} {
		f := crio()
		f.Own = own
		v := Judge(f)
		urgent := code == "interrupted-change" || code == "failed-rollback"
		if len(v.Attention) != 1 || v.Attention[0].Code != code || v.Attention[0].Hint == "" || v.Urgent() != urgent || (v.Healthy() == Missed) != urgent {
			t.Errorf("%s: %+v", code, v.Attention)
		}
		f.Own.LockHolder = Seen("12", "/proc/locks")
		if v := Judge(f); code == "interrupted-change" && len(v.Attention) > 0 {
			t.Errorf("a change that is at work: %+v", v.Attention)
		}
	}
	f := crio()
	f.Own = Own{Problem: "damaged", Damaged: true}
	if v := Judge(f); !v.Urgent() {
		t.Errorf("%+v", v.Attention)
	}
	f.Own = Own{LockHolder: Seen("", "/proc/locks"), Open: change}
	if v := Judge(f); !v.Urgent() {
		t.Errorf("nobody holds the lock: %+v", v.Attention)
	}
}

// What is missing is listed once, however many answers miss it.
func TestGapsAreListedOnce(t *testing.T) {
	f := crio()
	f.Runtime.Name = Unseen[known.RuntimeName]("no answer", "start it")
	seen := map[string]bool{}
	for _, gap := range Judge(f).Gaps {
		if seen[gap.What] {
			t.Errorf("%s is listed again", gap.What)
		}
		seen[gap.What] = true
	}
	if !seen[runtimeUnknown] {
		t.Errorf("%v", seen)
	}
}

func TestFatalProblemsComeFirst(t *testing.T) {
	f := Facts{}
	f.Kubelet.Problems = []source.Problem{{Message: "a", Effect: source.Suspect}, {Message: "b", Effect: source.Fatal}}
	f.Runtime.Problems = []source.Problem{{Message: "c", Effect: source.Suspect}, {Message: "d", Effect: source.Fatal}}
	var order string
	for _, p := range f.Problems() {
		order += p.Message
	}
	if order != "bdac" {
		t.Error(order)
	}
	for _, r := range Rungs() {
		if got, err := ParseRung(r.String()); err != nil || got != r {
			t.Errorf("%s: %v, %v", r, got, err)
		}
	}
	if _, err := ParseRung("none"); err == nil {
		t.Error("none is not a level")
	}
}

func TestPodsThatAreLeftAreNamed(t *testing.T) {
	for n, want := range map[int]string{1: "1 pod(s) left: a/b", 3: "3 pod(s) left: a/b, a/b, a/b", 5: "5 pod(s) left: a/b, a/b, a/b, 2 more"} {
		f := ready()
		f.Node.Pods.Value = []Pod{{Name: "s", Static: true}, {Name: "d", DaemonSet: true}, {Name: "o", Own: true}}
		for range n {
			f.Node.Pods.Value = append(f.Node.Pods.Value, Pod{Namespace: "a", Name: "b"})
		}
		if r := drained(f); r.Found != want {
			t.Errorf("%d: %s", n, r.Found)
		}
	}
}
