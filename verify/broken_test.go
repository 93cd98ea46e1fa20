package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/source"
)

func TestBroken(t *testing.T) {
	fatal := []source.Problem{
		{Effect: source.Suspect, Message: "only odd"},
		{Effect: source.Fatal, At: source.At(source.ConfigFile, "/var/lib/kubelet/config.yaml", 12, 16), Message: "\"true\" is a string", Hint: "fix that line"},
	}
	for name, c := range map[string]struct {
		change func(*Facts)
		broken bool
		reason string
	}{
		"nothing is wrong": {change: func(*Facts) {}},
		"the kubelet would not start again": {
			func(f *Facts) { f.Kubelet.Problems = fatal }, true,
			`the kubelet would not start with its configuration: /var/lib/kubelet/config.yaml:12:16: "true" is a string`,
		},
		"the runtime would not start again": {
			func(f *Facts) { f.Runtime.Problems = fatal }, true, "CRI-O would not start with its configuration: ",
		},
		"what is only suspect breaks nothing": {change: func(f *Facts) { f.Kubelet.Problems = fatal[:1] }},
		"an image would not start": {
			func(f *Facts) {
				f.Offline = true
				f.Kubelet.Unit, f.Kubelet.Process = Unseen[Unit]("", ""), Unseen[Process]("", "")
				f.Kubelet.Problems = fatal
			}, true, "the kubelet would not start with its configuration: ",
		},
		"the kubelet restarts again and again": {
			func(f *Facts) {
				f.Kubelet.Unit.Value.Active, f.Kubelet.Unit.Value.Sub, f.Kubelet.Unit.Value.NRestarts = "activating", "auto-restart", 7
				f.Kubelet.Healthz = Unseen[string]("connection refused", "")
				f.Kubelet.Log.Value = &logscan.Run{End: &logscan.End{Text: "no space left on device"}}
			}, true, "the kubelet restarts again and again: kubelet.service is activating (auto-restart), 7 restarts: no space left on device",
		},
		"the kubelet is between two deaths": {
			func(f *Facts) {
				f.Kubelet.Unit.Value.NRestarts, f.Kubelet.Unit.Value.Sub, f.Kubelet.Unit.Value.ExecMainStart = 3, "running", f.At.Add(-time.Second)
				f.Kubelet.Healthz, f.Kubelet.Metrics = Unseen[string]("connection refused", ""), Unseen[Metrics]("connection refused", "")
			}, true, "the kubelet restarts again and again: kubelet.service is active (running), 3 restarts",
		},
		"the kubelet recovered from its deaths": {
			change: func(f *Facts) {
				f.Kubelet.Unit.Value.NRestarts, f.Kubelet.Unit.Value.ExecMainStart = 3, f.At.Add(-time.Second)
			},
		},
		"the kubelet died long ago and hangs": {
			change: func(f *Facts) {
				f.Kubelet.Unit.Value.NRestarts, f.Kubelet.Unit.Value.ExecMainStart = 3, f.At.Add(-time.Hour)
				f.Kubelet.Healthz, f.Kubelet.Metrics = Unseen[string]("no answer in time", ""), Unseen[Metrics]("no answer in time", "")
			},
		},
		"the runtime is down": {
			func(f *Facts) {
				f.Runtime.Unit.Value.Active = "failed"
				f.Runtime.Process, f.Runtime.Answers = Unseen[Process]("", ""), Unseen[bool]("connection refused", "")
			}, true, "CRI-O is down: runtime.service is failed",
		},
		"the node has not joined a cluster yet": {
			func(f *Facts) {
				f.Node.Joined = Seen(false, "/etc/kubernetes/kubelet.conf")
				f.Kubelet.Unit.Value.Active, f.Kubelet.Unit.Value.Sub = "activating", "auto-restart"
				f.Kubelet.Process, f.Kubelet.Problems = Unseen[Process]("", ""), fatal
			}, true, "this node has not joined a cluster yet: /etc/kubernetes/kubelet.conf does not exist",
		},
		"another unit runs the kubelet, whose own is masked": {
			change: func(f *Facts) {
				f.Kubelet.Unit.Value.Active, f.Kubelet.Unit.Value.Load = "inactive", "masked"
				f.Kubelet.Process = Unseen[Process]("", "")
			},
		},
		"another unit runs the runtime": {
			change: func(f *Facts) {
				f.Runtime.Unit.Value.Active = "inactive"
				f.Runtime.Process = Unseen[Process]("", "")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := crio()
			c.change(&f)
			v := Judge(f)
			if (v.State == StateBroken) != c.broken || !strings.HasPrefix(v.Reason, c.reason) {
				t.Errorf("%s: %s", v.State, v.Reason)
			}
			if c.broken && (v.Healthy() != Missed || v.Outcome(RungConfigured) != Missed) {
				t.Error("a broken daemon passes for healthy")
			}
		})
	}
}

func TestNoKubelet(t *testing.T) {
	f := Facts{At: noon()}
	f.Kubelet.Unit = Seen(Unit{Name: "kubelet.service", Load: "not-found", Active: "inactive"}, "systemd")
	f.Runtime.Unit = Seen(Unit{Name: "containerd.service", Load: "loaded", Active: "inactive"}, "systemd")
	v := Judge(f)
	if v.State != StateInconclusive || !strings.HasPrefix(v.Reason, "no kubelet found on this node") {
		t.Errorf("%s: %s", v.State, v.Reason)
	}
}

// No monitor may say that all is well while a change is interrupted or could not be undone.
func TestAttention(t *testing.T) {
	for name, c := range map[string]struct {
		own    Own
		code   string
		urgent bool
	}{
		"interrupted":     {Own{Open: &Transaction{ID: "000003-enable", At: noon()}}, "interrupted-change", true},
		"at work now":     {Own{Open: &Transaction{ID: "000003-enable"}, LockHolder: Seen("process 7", "locks")}, "", false},
		"failed rollback": {Own{Last: &Transaction{ID: "000003-enable", State: StateFailed}}, "failed-rollback", true},
		"unconfirmed":     {Own{Confirm: &Confirm{ID: "000003-enable", Until: noon()}}, "unconfirmed-change", false},
		"drift":           {Own{Drift: []Drift{{Path: "/etc/x"}}}, "drift", false},
		"unreadable":      {Own{Problem: "permission denied"}, "unreadable-history", false},
		"a good change":   {Own{Last: &Transaction{ID: "000003-enable", State: "committed"}}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			f := crio()
			f.Own = c.own
			v := Judge(f)
			if c.code == "" {
				if len(v.Attention) != 0 {
					t.Errorf("%+v", v.Attention)
				}
				return
			}
			if len(v.Attention) != 1 || v.Attention[0].Code != c.code || v.Attention[0].Hint == "" || v.Urgent() != c.urgent {
				t.Errorf("%+v", v.Attention)
			}
			want := Reached
			if c.urgent {
				want = Missed
			}
			if v.State != StateWorks || v.Healthy() != want {
				t.Errorf("%s, healthy %v", v.State, v.Healthy())
			}
		})
	}
}

func TestAnAssumptionCarriesNoVerdict(t *testing.T) {
	f := containerd()
	f.Offline = true
	f.Kubelet.Gate = source.Unknown[bool]("kubelet.service starts a script; /var/lib/kubelet/config.yaml is only assumed", "name the unit")
	if v := Judge(f); v.State != StateInconclusive || v.Rung != RungNone {
		t.Errorf("%s, %s", v.State, v.Rung)
	}
}
