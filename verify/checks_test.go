package verify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// ready is a node on which every check passes (or is skipped, where it does not apply):
// off, drained, of versions without a known weakness.
func ready() Facts {
	f := crio()
	f.Kubelet.Version.Value = known.V(1, 36, 3)
	f.Runtime.Name.Value, f.Runtime.Version.Value = known.Containerd, known.V(2, 4, 2)
	f.Runtime.Events = source.DefaultTo(true)
	f.Runtime.RunningEvents, f.Runtime.Streams = nil, Fact[int]{}
	f.Kubelet.Inputs = Seen(kubeletcfg.Inputs{
		Config:  &source.File{Path: "/var/lib/kubelet/config.yaml", Data: []byte("x")},
		DropIns: &kubeletcfg.DropInDir{Path: "/etc/kubernetes/kubelet.conf.d"},
	}, "process 812")
	f.Kubelet.DemandRelist = source.DefaultTo(true)
	f.Kubelet.Settings.HealthzPort = source.DefaultTo(10248)
	f.Runtime.CRIDisabled = source.DefaultTo(false)
	f.Runtime.Refusal = Seen("", "/usr/bin/containerd config dump")
	f.Runtime.Newer, f.Kubelet.Newer = Seen([]source.File{}, "change times"), Seen([]source.File{}, "change times")
	f.Node.Pods = Seen([]Pod{{Name: "cni", DaemonSet: true}}, "CRI")
	f.Node.Platform = Seen(Platform{Name: "kubeadm"}, "files")
	f.Node.Root = Seen(true, "user")
	f.Node.Disks = []Disk{{Path: "/etc", FreeBytes: 1 << 30, Writable: true}}
	f.Node.Bus, f.Node.JournalReadable, f.Node.ClockSynced = Seen("252", "systemd"), Seen(true, "journal"), Seen(true, "adjtimex")
	f.Own.LockHolder = Seen("", "/proc/locks")
	return f
}

func problem(effect source.Effect) []source.Problem {
	return []source.Problem{{Effect: effect, At: source.At(source.ConfigFile, "/etc/x", 3, 1), Message: "bad"}}
}

type checkCase struct {
	// fails makes the check fail, blinds takes away what it needs; nil where it cannot be.
	fails, blinds func(*Facts)
}

func checkCases() map[string]checkCase {
	noVersion := func(f *Facts) { f.Kubelet.Version = Unseen[known.Version]("no", "") }
	noRuntime := func(f *Facts) { f.Runtime.Name = Unseen[known.RuntimeName]("no", "") }
	noGate := func(f *Facts) { f.Kubelet.Gate = source.Unknown[bool]("no", "") }
	noRecord := func(f *Facts) { f.Own.Problem = "permission denied" }
	twice := source.Set(false, source.At(source.ConfigFile, "a", 1, 1))
	twice.Override(source.Assignment[bool]{Value: true, At: source.At(source.DropIn, "b", 1, 1)})
	asCRIO := func(f *Facts) { f.Runtime.Name.Value, f.Runtime.Version.Value = known.CRIO, known.V(1, 34, 11) }
	return map[string]checkCase{
		"PLEG-KUBELET-VERSION":     {nil, noVersion},
		"PLEG-KUBELET-NEWER":       {func(f *Facts) { f.Kubelet.Version.Value = known.V(1, 99, 0) }, noVersion},
		"PLEG-KUBELET-GATE":        {func(f *Facts) { f.Kubelet.Version.Value = known.V(1, 25, 16) }, noVersion},
		"PLEG-KUBELET-UNIT":        {func(f *Facts) { f.Kubelet.Unit.Value.Load = "masked" }, func(f *Facts) { f.Kubelet.Unit = Unseen[Unit]("no bus", "") }},
		"PLEG-KUBELET-HEALTH":      {func(f *Facts) { f.Kubelet.Healthz = Unseen[string]("connection refused", "") }, nil},
		"PLEG-KUBELET-ACCESS":      {func(f *Facts) { f.Kubelet.Metrics = Unseen[Metrics]("403", "") }, nil},
		"PLEG-KUBELET-CONFIG":      {func(f *Facts) { f.Kubelet.Problems = problem(source.Fatal) }, noGate},
		"PLEG-KUBELET-SHADOWED":    {func(f *Facts) { f.Kubelet.Gate = twice }, noGate},
		"PLEG-KUBELET-SUSPECT":     {func(f *Facts) { f.Kubelet.Problems = problem(source.Suspect) }, noGate},
		"PLEG-KUBELET-RELIST-GATE": {func(f *Facts) { f.Kubelet.DemandRelist = source.Set(false, source.At(source.ConfigFile, "a", 1, 1)) }, func(f *Facts) { f.Kubelet.DemandRelist = source.Setting[bool]{} }},
		"PLEG-KUBELET-DROPIN-DIR": {func(f *Facts) {
			f.Kubelet.Problems = []source.Problem{{Code: kubeletcfg.CodeDropInsNeedVariable, Effect: source.Fatal, At: source.Position{Kind: source.Flag, Name: "--config-dir"}, Message: "needs a variable", Hint: "set it"}}
		}, func(f *Facts) { f.Kubelet.Inputs = Unseen[kubeletcfg.Inputs]("no", "") }},
		"PLEG-RUNTIME-VERSION":    {func(f *Facts) { f.Runtime.Name.Value = "docker" }, noRuntime},
		"PLEG-RUNTIME-EVENTS":     {func(f *Facts) { f.Runtime.Version.Value = known.V(1, 6, 39) }, noRuntime},
		"PLEG-RUNTIME-UNIT":       {func(f *Facts) { f.Runtime.Unit.Value.Active = "failed" }, func(f *Facts) { f.Runtime.Unit = Unseen[Unit]("no bus", "") }},
		"PLEG-RUNTIME-CRI":        {func(f *Facts) { f.Runtime.Answers = Unseen[bool]("refused", "") }, func(f *Facts) { f.Runtime.Endpoint = Unseen[string]("no", "") }},
		"PLEG-RUNTIME-AGE":        {func(f *Facts) { f.Runtime.Process.Value.Start = noon().Add(-time.Minute) }, func(f *Facts) { f.Runtime.Process = Unseen[Process]("no", "") }},
		"PLEG-RUNTIME-CONFIG":     {func(f *Facts) { f.Runtime.Problems = problem(source.Fatal) }, func(f *Facts) { f.Runtime.Problems = problem(source.Unread) }},
		"PLEG-RUNTIME-CRI-PLUGIN": {func(f *Facts) { f.Runtime.CRIDisabled.Value = true }, func(f *Facts) { f.Runtime.CRIDisabled = source.Setting[bool]{} }},
		"PLEG-RUNTIME-SHADOWED":   {func(f *Facts) { asCRIO(f); f.Runtime.Events = twice }, func(f *Facts) { asCRIO(f); f.Runtime.Events = source.Setting[bool]{} }},
		"PLEG-RUNTIME-STRAY":      {func(f *Facts) { f.Runtime.Problems = problem(source.Ignored) }, func(f *Facts) { f.Runtime.Files = Unseen[[]source.File]("no", "") }},
		StartCode:                 {func(f *Facts) { f.Runtime.Refusal.Value = "toml: line 2" }, func(f *Facts) { f.Runtime.Refusal = Unseen[string]("no", "") }},
		RestartCode:               {func(f *Facts) { f.Kubelet.Newer.Value = []source.File{{Path: "/etc/x"}} }, func(f *Facts) { f.Runtime.Newer = Unseen[[]source.File]("no", "") }},
		"PLEG-NODE-COMBINATION":   {func(f *Facts) { f.Runtime.Version.Value = known.V(2, 0, 1) }, noVersion},
		"PLEG-NODE-CAUTION":       {func(f *Facts) { f.Kubelet.Version.Value = known.V(1, 31, 14) }, noRuntime},
		"PLEG-NODE-JOINED": {func(f *Facts) {
			f.Node.Joined = Seen(false, "/etc/kubernetes/kubelet.conf")
			f.Kubelet.Unit.Value.Active, f.Kubelet.Process = "failed", Unseen[Process]("gone", "")
		}, nil},
		"PLEG-NODE-API-SERVER": {func(f *Facts) {
			f.Node.Joined, f.Node.APIServer = Seen(true, "/etc/kubernetes/kubelet.conf"), Seen(false, "10.0.0.1:6443: connection refused")
		}, func(f *Facts) {
			f.Node.Joined, f.Node.APIServer = Seen(true, "/etc/kubernetes/kubelet.conf"), Unseen[bool]("permission denied", "run as root")
		}},
		"PLEG-NODE-STATIC-PODS": {func(f *Facts) { f.Node.StaticPods.Value = []string{"etcd.yaml"} }, func(f *Facts) { f.Node.StaticPods = Unseen[[]string]("no", "") }},
		"PLEG-NODE-HALF":        {func(f *Facts) { f.Runtime.Version.Value = known.V(1, 6, 39) }, noGate},
		"PLEG-NODE-DRAINED":     {func(f *Facts) { f.Node.Pods.Value = []Pod{{Namespace: "a", Name: "b"}} }, func(f *Facts) { f.Node.Pods = Unseen[[]Pod]("no", "") }},
		"PLEG-NODE-PLATFORM":    {func(f *Facts) { f.Node.Platform.Value.Managed = true }, func(f *Facts) { f.Node.Platform = Unseen[Platform]("no", "") }},
		"PLEG-NODE-ROOT":        {func(f *Facts) { f.Node.Root.Value = false }, func(f *Facts) { f.Node.Root = Unseen[bool]("no", "") }},
		"PLEG-NODE-DISK":        {func(f *Facts) { f.Node.Disks[0].FreeBytes = 1 << 20 }, func(f *Facts) { f.Node.Disks = nil }},
		"PLEG-NODE-SYSTEMD":     {func(f *Facts) { f.Node.Bus = Unseen[string]("no", "") }, nil},
		"PLEG-NODE-JOURNAL":     {func(f *Facts) { f.Node.JournalReadable = Unseen[bool]("no", "") }, nil},
		"PLEG-NODE-CLOCK":       {func(f *Facts) { f.Node.ClockSynced.Value = false }, func(f *Facts) { f.Node.ClockSynced = Unseen[bool]("no", "") }},
		"PLEG-NODE-LOCK":        {func(f *Facts) { f.Own.LockHolder.Value = "process 9" }, func(f *Facts) { f.Own.LockHolder = Unseen[string]("no", "") }},
		"PLEG-NODE-OPEN":        {func(f *Facts) { f.Own.Open = &Transaction{ID: "1"} }, noRecord},
		"PLEG-NODE-CONFIRM":     {func(f *Facts) { f.Own.Confirm = &Confirm{ID: "1"} }, noRecord},
		"PLEG-NODE-DRIFT":       {func(f *Facts) { f.Own.Drift = []Drift{{Path: "/etc/x"}} }, noRecord},
	}
}

func TestEachCheckFailsOnWhatItIsFor(t *testing.T) {
	cases := checkCases()
	for _, c := range Checks() {
		cc, ok := cases[c.Code]
		if !ok {
			t.Errorf("%s has no case here", c.Code)
			continue
		}
		passing := ready()
		if c.Code == "PLEG-NODE-CAUTION" {
			passing.Kubelet.Version.Value = known.V(1, 37, 2)
		}
		if r := c.run(passing); r.Status != Pass && r.Status != Skip {
			t.Errorf("%s on a ready node: %s, %s", c.Code, r.Status, r.Found)
		}
		for want, change := range map[Status]func(*Facts){Fail: cc.fails, NotSeen: cc.blinds} {
			if change == nil {
				continue
			}
			f := ready()
			change(&f)
			r := c.run(f)
			if r.Status != want {
				t.Errorf("%s: %s, want %s (%s)", c.Code, r.Status, want, r.Found)
			}
			if r.Found == "" || r.Expected == "" || r.Title == "" || r.Level == "" {
				t.Errorf("%s: incomplete: %+v", c.Code, r)
			}
			if want == Fail && r.Hint == "" && r.From == "" {
				t.Errorf("%s fails and names neither a place nor what to do: %+v", c.Code, r)
			}
		}
		blind := c.run(Facts{})
		if blind.Status == Pass && !slices.Contains([]string{"PLEG-NODE-OPEN", "PLEG-NODE-CONFIRM", "PLEG-NODE-DRIFT"}, c.Code) {
			t.Errorf("%s passes on a node of which nothing was seen: %s", c.Code, blind.Found)
		}
	}
}

// A daemon that a signal holds is thawed, and its log does not say so.
func TestAStoppedDaemonIsThawed(t *testing.T) {
	f := ready()
	f.Kubelet.Process = Seen(Process{PID: 812, Name: "kubelet", Stopped: true}, "/proc")
	f.Kubelet.Healthz = Unseen[string]("no answer in time", "")
	f.Runtime.Process = Seen(Process{PID: 640, Name: "containerd", Stopped: true}, "/proc")
	f.Runtime.Answers = Unseen[bool]("no answer in time", "the runtime hangs")
	for code, want := range map[string]string{"PLEG-KUBELET-HEALTH": "kill -CONT 812", "PLEG-RUNTIME-CRI": "kill -CONT 640"} {
		c := Checks()[slices.IndexFunc(Checks(), func(c Check) bool { return c.Code == code })]
		if r := c.run(f); r.Status != Fail || !strings.HasSuffix(r.Hint, want) {
			t.Errorf("%s: %s, %q", code, r.Status, r.Hint)
		}
	}
}

func TestLiveChecksAreSkippedOffline(t *testing.T) {
	f := ready()
	f.Offline = true
	for _, r := range Run(Checks(), f, Selection{}).Results {
		c := Checks()[slices.IndexFunc(Checks(), func(c Check) bool { return c.Code == r.Code })]
		if c.Live != (r.Status == Skip && r.Found == "offline: only files are there (--root)") {
			t.Errorf("%s: live %v, %s: %s", r.Code, c.Live, r.Status, r.Found)
		}
	}
}

func TestOutcomeOfAReport(t *testing.T) {
	result := func(s Status, l Level) Result { return Result{Status: s, Level: l} }
	for _, c := range []struct {
		name     string
		results  []Result
		advisory bool
		want     Outcome
	}{
		{"none", nil, false, Missed},
		{"only skipped", []Result{result(Skip, Required)}, false, Missed},
		{"passed", []Result{result(Pass, Required), result(Skip, Required)}, false, Reached},
		{"failed", []Result{result(Pass, Required), result(Fail, Required)}, false, Missed},
		{"advisory failed", []Result{result(Pass, Required), result(Fail, Advisory)}, false, Reached},
		{"advisory failed, and it counts", []Result{result(Pass, Required), result(Fail, Advisory)}, true, Missed},
		{"not seen", []Result{result(Pass, Required), result(NotSeen, Required)}, false, Unsure},
		{"failed beats not seen", []Result{result(NotSeen, Required), result(Fail, Required)}, false, Missed},
		{"advisory not seen", []Result{result(Pass, Required), result(NotSeen, Advisory)}, false, Reached},
		{"advisory not seen, and it counts", []Result{result(Pass, Required), result(NotSeen, Advisory)}, true, Unsure},
	} {
		if got := (Report{Results: c.results}).Outcome(c.advisory); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// A place that seems to set the value and does not is told once: not where it is commented out, and
// not again where it is overridden or a problem of its own.
func TestPlacesThatSetInVain(t *testing.T) {
	place := func(line int) source.Position { return source.At(source.ConfigFile, "/x.yaml", line, 3) }
	f := ready()
	f.Kubelet.Gate = source.Set(true, place(1))
	f.Kubelet.Gate.Override(source.Assignment[bool]{At: place(2)})
	f.Kubelet.Problems = []source.Problem{{Effect: source.Suspect, At: place(3), Message: "the line is odd"}}
	f.Kubelet.Mentions = []source.Mention{
		{At: place(1), Why: "overridden"},
		{At: place(2), Counts: true},
		{At: place(3), Why: "odd"},
		{At: place(4), Comment: true, Why: source.InComment},
		{At: place(5), Unknown: true, Why: "?"},
		{At: place(6), Text: "EventedPLEG: true", Why: "nobody reads this file"},
		{At: place(6), Why: "again"},
	}
	r := kubeletSuspect(f)
	if r.Status != Fail || r.Found != "the line is odd" || len(r.More) != 1 || r.More[0].Message != "EventedPLEG: true has no effect: nobody reads this file" {
		t.Errorf("%+v", r)
	}
	f = ready()
	f.Runtime.Mentions = []source.Mention{{At: place(6), Text: "enable_pod_events = true", Why: "CRI-O does not read this file"}}
	if r := runtimeStray(f); r.Status != Fail || r.At != place(6) {
		t.Errorf("%+v", r)
	}
}

// The command to run names the node, not a word to replace.
func TestDrainNamesTheNode(t *testing.T) {
	f := ready()
	f.Node.Name = Seen("node-1", "hostname")
	f.Node.Pods.Value = []Pod{{Namespace: "a", Name: "b"}}
	if r := drained(f); r.Hint != "kubectl drain node-1 --ignore-daemonsets" {
		t.Errorf("%+v", r)
	}
}

// A runtime that runs, and would not start again: what does not let it, and since when.
func TestWhatARestartMeets(t *testing.T) {
	f := ready()
	f.Runtime.Refusal = Seen("toml: line 2", "/usr/bin/crio config")
	f.Runtime.Newer.Value = []source.File{{Path: "/etc/crio/crio.conf.d/50-mine.conf", Changed: noon()}, {Path: "/etc/crio/ours.conf", Changed: noon()}}
	f.Own.Written = []string{"/etc/crio/ours.conf"}
	results := Run(Checks(), f, Selection{Only: []string{StartCode, RestartCode}}).Results
	if r := results[0]; r.Level != Required || !strings.Contains(r.Found, "toml: line 2; changed after its start: /etc/crio/crio.conf.d/50-mine.conf (2026-") || strings.Contains(r.Found, "ours") {
		t.Errorf("%+v", r)
	}
	if r := results[1]; r.Level != Advisory || !strings.HasSuffix(r.Found, "12:00:00 UTC)") || strings.Contains(r.Found, "ours") {
		t.Errorf("%+v", r)
	}
	f.Runtime.Refusal = Unseen[string]("no such program", "")
	if r := Run(Checks(), f, Selection{Only: []string{StartCode}}).Results[0]; r.Status != NotSeen || r.Level != Advisory {
		t.Errorf("what cannot be known is no warning: %+v", r)
	}
	f.Runtime.Problems = problem(source.Fatal)
	if r := Run(Checks(), f, Selection{Only: []string{StartCode}}).Results[0]; r.Status != Skip {
		t.Errorf("one fault fails two checks: %+v", r)
	}
}

func TestStopHangs(t *testing.T) {
	f := crio()
	for _, c := range []struct {
		version known.Version
		events  bool
		want    bool
	}{{known.V(1, 34, 11), true, true}, {known.V(1, 34, 11), false, false}, {known.V(1, 33, 0), true, false}, {known.V(1, 35, 0), true, false}} {
		f.Runtime.Version = Seen(c.version, "CRI Version")
		f.Runtime.RunningEvents = []Fact[bool]{Seen(c.events, "CRI Status")}
		if got := StopHangs(f); got != c.want {
			t.Errorf("%s, events %t: %t", c.version, c.events, got)
		}
	}
}
