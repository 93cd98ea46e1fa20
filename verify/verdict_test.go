package verify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// working is a node on which everything was seen and Evented PLEG works: kubelet 1.36.3
// that started at 11:00, and a runtime that started at 10:00.
func working(name known.RuntimeName, version string) Facts {
	v, _ := known.Parse(version)
	on := func(path string) source.Setting[bool] {
		return source.Set(true, source.At(source.ConfigFile, path, 9, 1))
	}
	f := Facts{At: noon()}
	f.Kubelet = Kubelet{
		Unit:    Seen(Unit{Name: "kubelet.service", Load: "loaded", Active: "active"}, "systemd"),
		Process: Seen(Process{PID: 812, Start: noon().Add(-time.Hour)}, "process 812"),
		Version: Seen(known.V(1, 36, 3), "metrics"),
		Gate:    on("/var/lib/kubelet/config.yaml"),
		Changed: Seen(noon().Add(-2*time.Hour), "files"),
		Healthz: Seen("ok", "healthz"),
		Running: []Fact[bool]{Seen(true, "/configz"), Seen(true, "/metrics")},
		Metrics: Seen(Metrics{At: noon(), HasPLEG: true, Successes: 1, Events: 7, HasGate: true, Gate: true}, "/metrics"),
		Log:     Seen(&logscan.Run{StartSeen: true}, "journal"),
	}
	f.Runtime = Runtime{
		Endpoint: Seen("unix:///run/x.sock", "config"), Answers: Seen(true, "CRI Version"),
		Name: Seen(name, "CRI Version"), Version: Seen(v, "CRI Version"),
		Unit:    Seen(Unit{Name: "runtime.service", Load: "loaded", Active: "active"}, "systemd"),
		Process: Seen(Process{PID: 700, Start: noon().Add(-2 * time.Hour)}, "process 700"),
		Changed: Seen(noon().Add(-3*time.Hour), "files"),
		Files:   Seen([]source.File(nil), "files"),
	}
	if name == known.CRIO {
		f.Runtime.Events = on("/etc/crio/crio.conf.d/99-plegctl.conf")
		f.Runtime.RunningEvents = []Fact[bool]{Seen(true, "/config")}
		f.Runtime.Streams = Seen(1, "/debug/goroutines")
	}
	f.Node.StaticPods = Seen([]string(nil), "/etc/kubernetes/manifests")
	return f
}

func crio() Facts       { return working(known.CRIO, "1.34.11") }
func containerd() Facts { return working(known.Containerd, "2.4.2") }

// The mutation run: one source of evidence is flipped or taken away at a time.
func TestEachSourceOfEvidenceChangesTheVerdict(t *testing.T) {
	dark := func(f *Facts) {
		f.Kubelet.Metrics = Unseen[Metrics]("403 Forbidden", "give a token")
		f.Kubelet.Running = []Fact[bool]{Unseen[bool]("403 Forbidden", "")}
	}
	off := func(path string) source.Setting[bool] {
		return source.Set(false, source.At(source.ConfigFile, path, 9, 1))
	}
	for _, c := range []struct {
		name  string
		base  func() Facts
		flip  func(*Facts)
		state State
		rung  Rung
	}{
		{"nothing flipped, CRI-O", crio, func(*Facts) {}, StateWorks, RungDelivering},
		{"nothing flipped, containerd", containerd, func(*Facts) {}, StateWorks, RungDelivering},
		{"no event yet", crio, func(f *Facts) { f.Kubelet.Metrics.Value.Events = 0 }, StateWorks, RungConnected},
		{"five errors", crio, func(f *Facts) { f.Kubelet.Metrics.Value.Errors = 5 }, StateFellBack, RungLoaded},
		{"five of each: successes prove nothing", crio, func(f *Facts) { f.Kubelet.Metrics.Value.Successes, f.Kubelet.Metrics.Value.Errors = 5, 5 }, StateFellBack, RungLoaded},
		{"as many successes as errors, below five", crio, func(f *Facts) {
			f.Kubelet.Metrics.Value.Successes, f.Kubelet.Metrics.Value.Errors, f.Kubelet.Metrics.Value.Events = 2, 2, 0
		}, StateInconclusive, RungLoaded},
		{"the same twice: the last try holds", crio, func(f *Facts) {
			f.Kubelet.Metrics.Value.Successes, f.Kubelet.Metrics.Value.Errors, f.Kubelet.Metrics.Value.Events = 1, 2, 0
			f.Kubelet.Earlier = f.Kubelet.Metrics
			f.Kubelet.Earlier.Value.At = noon().Add(-time.Second)
		}, StateWorks, RungConnected},
		{"events of an earlier stream do not count for this one", crio, func(f *Facts) {
			f.Kubelet.Metrics.Value.Successes, f.Kubelet.Metrics.Value.Errors = 3, 2
		}, StateWorks, RungConnected},
		{"growth counts", crio, func(f *Facts) {
			f.Kubelet.Metrics.Value.Successes, f.Kubelet.Metrics.Value.Errors = 3, 2
			f.Kubelet.Earlier = Seen(Metrics{HasPLEG: true, Events: 6, At: noon().Add(-time.Second)}, "/metrics")
		}, StateWorks, RungDelivering},
		{"a reading of another kubelet process is no growth", crio, func(f *Facts) {
			f.Kubelet.Metrics.Value.Successes, f.Kubelet.Metrics.Value.Errors = 3, 2
			f.Kubelet.Earlier = Seen(Metrics{HasPLEG: true, Events: 6, ProcessStart: noon().Add(-time.Minute)}, "/metrics")
		}, StateWorks, RungConnected},
		{"no try counted", crio, func(f *Facts) {
			f.Kubelet.Metrics.Value.Successes, f.Kubelet.Metrics.Value.Events = 0, 0
			f.Runtime.Streams = Fact[int]{}
		}, StateInconclusive, RungLoaded},
		{"the runtime shows no stream", crio, func(f *Facts) { f.Runtime.Streams.Value = 0 }, StateInconclusive, RungLoaded},

		{"the runtime is frozen", crio, func(f *Facts) { f.Runtime.Answers = Unseen[bool]("no answer in time", "") }, StateInconclusive, RungLoaded},
		{"the runtime is frozen, containerd", containerd, func(f *Facts) { f.Runtime.Answers = Unseen[bool]("no answer in time", "") }, StateInconclusive, RungLoaded},
		{"the socket is another process's", crio, func(f *Facts) { f.Runtime.Answers = Unseen[bool]("not asked", "") }, StateInconclusive, RungLoaded},
		{"the kubelet is frozen", crio, func(f *Facts) {
			f.Kubelet.Healthz, f.Kubelet.Metrics = Unseen[string]("no answer in time", ""), Unseen[Metrics]("no answer in time", "")
		}, StateInconclusive, RungLoaded},
		{"the runtime is frozen, and events came since the reading before", crio, func(f *Facts) {
			f.Runtime.Answers = Unseen[bool]("no answer in time", "")
			f.Kubelet.Earlier = Seen(Metrics{HasPLEG: true, Events: 6, At: noon().Add(-time.Second)}, "/metrics")
		}, StateInconclusive, RungLoaded},
		{"a stream that the runtime's running configuration rules out", crio, func(f *Facts) {
			f.Runtime.RunningEvents = []Fact[bool]{Seen(false, "/config")}
			f.Runtime.Streams, f.Kubelet.Metrics.Value.Events = Fact[int]{}, 0
		}, StateInconclusive, RungConfigured},
		{"a stream that the runtime's version rules out", containerd, func(f *Facts) {
			f.Runtime.Version.Value = known.V(1, 6, 39)
			f.Kubelet.Metrics.Value.Events = 0
		}, StateHalf, RungNone},
		{"healthz is off, the metrics answer", crio, func(f *Facts) { f.Kubelet.Healthz = Unseen[string]("the port is off", "") }, StateWorks, RungDelivering},

		{"gate off in the files", crio, func(f *Facts) { f.Kubelet.Gate = off("x:1") }, StateRestartPending, RungDelivering},
		{"events off in CRI-O's files", crio, func(f *Facts) { f.Runtime.Events = off("x:1") }, StateRestartPending, RungDelivering},
		{"gate off in the kubelet", crio, func(f *Facts) {
			f.Kubelet.Running = []Fact[bool]{Seen(false, "/configz")}
			f.Kubelet.Metrics.Value = Metrics{HasPLEG: true}
		}, StateRestartPending, RungConfigured},
		{"off everywhere", crio, func(f *Facts) {
			f.Kubelet.Gate, f.Runtime.Events = off("x:1"), off("y:1")
			f.Kubelet.Running = []Fact[bool]{Seen(false, "/configz")}
			f.Runtime.RunningEvents = []Fact[bool]{Seen(false, "/config")}
			f.Kubelet.Metrics.Value = Metrics{HasPLEG: true}
		}, StateOff, RungNone},
		{"events on, gate off", crio, func(f *Facts) {
			f.Kubelet.Gate = off("x:1")
			f.Kubelet.Running = []Fact[bool]{Seen(false, "/configz")}
			f.Kubelet.Metrics.Value = Metrics{HasPLEG: true}
		}, StateHalf, RungNone},
		{"gate on, events off everywhere, fell back", crio, func(f *Facts) {
			f.Runtime.Events = off("y:1")
			f.Runtime.RunningEvents = []Fact[bool]{Seen(false, "/config")}
			f.Kubelet.Metrics.Value.Successes, f.Kubelet.Metrics.Value.Errors, f.Kubelet.Metrics.Value.Events = 5, 5, 0
			f.Runtime.Streams.Value = 0
		}, StateFellBack, RungNone},
		{"gate on, events off, nothing seen of the stream", crio, func(f *Facts) {
			dark(f)
			f.Kubelet.Running = []Fact[bool]{Seen(true, "log")}
			f.Runtime.Events = off("y:1")
			f.Runtime.RunningEvents = []Fact[bool]{Seen(false, "/config")}
			f.Runtime.Streams = Fact[int]{}
		}, StateHalf, RungNone},
		{"the unit is not the one that runs the kubelet", crio, func(f *Facts) {
			f.Kubelet.Process = Unseen[Process]("no process named kubelet is believed", "")
			f.Kubelet.Unit.Value.Active = "inactive"
			f.Kubelet.Gate = off("x:1")
		}, StateRestartPending, RungDelivering},
		{"the unit is not the one that runs the runtime", containerd, func(f *Facts) {
			f.Runtime.Process = Unseen[Process]("no process named containerd is believed", "")
			f.Runtime.Unit.Value.Active = "inactive"
			dark(f)
			f.Kubelet.Running = []Fact[bool]{Seen(true, "log")}
		}, StateInconclusive, RungLoaded},
		{"kubelet down", crio, func(f *Facts) {
			f.Kubelet.Process = Unseen[Process]("gone", "")
			f.Kubelet.Unit.Value.Active = "failed"
			f.Kubelet.Running = nil
			f.Kubelet.Metrics = Unseen[Metrics]("connection refused", "")
		}, StateBroken, RungConfigured},

		{"dark: by elimination", containerd, dark, StateWorks, RungConnected},
		{"dark: CRI-O shows a stream", crio, func(f *Facts) { dark(f); f.Kubelet.Log.Value.StartSeen = false }, StateWorks, RungConnected},
		{"dark: CRI-O shows no stream", crio, func(f *Facts) { dark(f); f.Runtime.Streams.Value = 0 }, StateFellBack, RungLoaded},
		{"dark: log cut", containerd, func(f *Facts) { dark(f); f.Kubelet.Log.Value.StartSeen = false }, StateInconclusive, RungLoaded},
		{"dark: no log", containerd, func(f *Facts) { dark(f); f.Kubelet.Log = Unseen[*logscan.Run]("permission denied", "") }, StateInconclusive, RungLoaded},
		{"dark: five errors in the log", containerd, func(f *Facts) { dark(f); f.Kubelet.Log.Value.FellBack = &logscan.FellBack{} }, StateFellBack, RungLoaded},
		{"dark: gave up in the log", containerd, func(f *Facts) { dark(f); f.Kubelet.Log.Value.FellBack = &logscan.FellBack{Logged: true} }, StateFellBack, RungLoaded},
		{"dark: events in the log", containerd, func(f *Facts) {
			dark(f)
			f.Kubelet.Log.Value.Events = logscan.Events{Count: 3, Last: noon()}
		}, StateWorks, RungDelivering},
		{"dark: events in the log before an error", containerd, func(f *Facts) {
			dark(f)
			f.Kubelet.Log.Value.Events = logscan.Events{Count: 3, Last: noon().Add(-2 * time.Second)}
			f.Kubelet.Log.Value.Errors = logscan.StreamErrors{Count: 1, SinceEvent: 1, Last: logscan.Finding{Time: noon().Add(-time.Second)}}
		}, StateInconclusive, RungLoaded},
		{"dark: runtime younger than the kubelet", containerd, func(f *Facts) {
			dark(f)
			f.Runtime.Process.Value.Start = noon().Add(-time.Minute)
		}, StateInconclusive, RungLoaded},
		{"dark: start times not known", containerd, func(f *Facts) { dark(f); f.Runtime.Process = Unseen[Process]("no right", "") }, StateInconclusive, RungLoaded},
		{"dark: kubelet too young", containerd, func(f *Facts) {
			dark(f)
			f.Kubelet.Process.Value.Start = noon().Add(-time.Second)
		}, StateInconclusive, RungLoaded},
		{"dark: files changed after the start", containerd, func(f *Facts) {
			dark(f)
			f.Kubelet.Changed.Value = noon().Add(-time.Minute)
		}, StateRestartPending, RungConfigured},
		{"dark: file times not known", containerd, func(f *Facts) { dark(f); f.Kubelet.Changed = Fact[time.Time]{} }, StateInconclusive, RungConfigured},
		{"dark: CRI-O's running value not known", crio, func(f *Facts) {
			dark(f)
			f.Runtime.RunningEvents, f.Runtime.Changed, f.Runtime.Streams = nil, Fact[time.Time]{}, Fact[int]{}
		}, StateInconclusive, RungConfigured},

		{"kubelet config unreadable, all else fine", crio, func(f *Facts) { f.Kubelet.Gate = source.Unknown[bool]("permission denied", "use sudo") }, StateWorks, RungDelivering},
		{"runtime unknown, stream counted", containerd, func(f *Facts) {
			f.Runtime.Name, f.Runtime.Version = Unseen[known.RuntimeName]("unreachable", ""), Unseen[known.Version]("unreachable", "")
		}, StateInconclusive, RungDelivering},
		{"containerd too old", containerd, func(f *Facts) {
			f.Runtime.Version.Value = known.V(1, 6, 39)
			f.Kubelet.Metrics.Value.Successes, f.Kubelet.Metrics.Value.Errors, f.Kubelet.Metrics.Value.Events = 5, 5, 0
		}, StateFellBack, RungNone},
		{"containerd's CRI plugin off", containerd, func(f *Facts) {
			f.Runtime.CRIDisabled = source.Set(true, source.At(source.ConfigFile, "config.toml", 1, 1))
			dark(f)
			f.Kubelet.Running = []Fact[bool]{Seen(false, "/configz")}
		}, StateHalf, RungNone},

		{"bug B1", crio, func(f *Facts) { f.Kubelet.Version.Value = known.V(1, 37, 2) }, StateHarmful, RungDelivering},
		{"bug B1 bites without the stream too", crio, func(f *Facts) {
			f.Kubelet.Version.Value = known.V(1, 37, 2)
			f.Kubelet.Metrics.Value.Errors = 5
		}, StateHarmful, RungLoaded},
		{"bug B1 needs CRI-O's events", crio, func(f *Facts) {
			f.Kubelet.Version.Value = known.V(1, 37, 2)
			f.Runtime.Events, f.Runtime.RunningEvents = off("y:1"), []Fact[bool]{Seen(false, "/config")}
			f.Kubelet.Metrics.Value.Errors = 5
		}, StateFellBack, RungNone},
		{"1.37 with containerd", containerd, func(f *Facts) { f.Kubelet.Version.Value = known.V(1, 37, 2) }, StateWorks, RungDelivering},
		{"containerd 2.0.1", containerd, func(f *Facts) { f.Runtime.Version.Value = known.V(2, 0, 1) }, StateHarmful, RungDelivering},
		{"static pods", containerd, func(f *Facts) { f.Node.StaticPods.Value = []string{"etcd.yaml"} }, StateHarmful, RungDelivering},
		{"static pods, and only the stream shows that the runtime sends events", crio, func(f *Facts) {
			f.Node.StaticPods.Value = []string{"etcd.yaml"}
			f.Runtime.Events, f.Runtime.RunningEvents = source.Unknown[bool]("permission denied", ""), nil
			f.Runtime.Streams, f.Runtime.Changed = Fact[int]{}, Fact[time.Time]{}
		}, StateHarmful, RungDelivering},
		{"static pods, and the kubelet is frozen", containerd, func(f *Facts) {
			f.Node.StaticPods.Value = []string{"etcd.yaml"}
			f.Kubelet.Healthz, f.Kubelet.Metrics = Unseen[string]("no answer in time", ""), Unseen[Metrics]("no answer in time", "")
		}, StateInconclusive, RungLoaded},
		{"static pods, and the stream cannot be seen", containerd, func(f *Facts) {
			f.Node.StaticPods.Value = []string{"etcd.yaml"}
			dark(f)
			f.Kubelet.Log = Unseen[*logscan.Run]("permission denied", "")
		}, StateInconclusive, RungLoaded},
		{"static pods, configured after the kubelet's start", containerd, func(f *Facts) {
			f.Node.StaticPods.Value = []string{"etcd.yaml"}
			dark(f)
			f.Kubelet.Changed.Value = noon().Add(-time.Minute)
		}, StateRestartPending, RungConfigured},
		{"bug B1, and the kubelet is frozen", crio, func(f *Facts) {
			f.Kubelet.Version.Value = known.V(1, 37, 2)
			f.Kubelet.Healthz, f.Kubelet.Metrics = Unseen[string]("no answer in time", ""), Unseen[Metrics]("no answer in time", "")
		}, StateHarmful, RungLoaded},
		{"static pods do not matter after the fallback", containerd, func(f *Facts) {
			f.Node.StaticPods.Value = []string{"etcd.yaml"}
			f.Kubelet.Metrics.Value.Errors = 5
		}, StateFellBack, RungLoaded},

		{"offline, configured", crio, offlineFacts, StateRestartPending, RungConfigured},
		{"offline, off", crio, func(f *Facts) {
			offlineFacts(f)
			f.Kubelet.Gate, f.Runtime.Events = off("x:1"), off("y:1")
		}, StateOff, RungNone},
		{"offline, half", crio, func(f *Facts) { offlineFacts(f); f.Runtime.Events = off("y:1") }, StateHalf, RungNone},
		{"offline, harmful", crio, func(f *Facts) {
			offlineFacts(f)
			f.Kubelet.Version = Seen(known.V(1, 37, 1), "told")
			f.Runtime.Version = Seen(known.V(1, 34, 11), "told")
		}, StateHarmful, RungConfigured},
		{"nothing seen at all", crio, func(f *Facts) { *f = Facts{} }, StateInconclusive, RungNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := c.base()
			c.flip(&f)
			v := Judge(f)
			if v.State != c.state || v.Rung != c.rung {
				t.Errorf("%s (%s), want %s (%s)\n%s", v.State, v.Rung, c.state, c.rung, v.Reason)
				for _, e := range v.Evidence {
					t.Logf("%-10s %-7s %s [%s]", e.Rung, e.Holds, e.Found, e.From)
				}
			}
			if v.Reason == "" {
				t.Error("no reason")
			}
			if v.State == StateInconclusive && len(v.Gaps) == 0 && len(v.Waiting) == 0 {
				t.Error("inconclusive, and nothing says what was not seen")
			}
		})
	}
}

func offlineFacts(f *Facts) {
	f.Offline = true
	f.Kubelet.Unit, f.Kubelet.Process = Unseen[Unit]("offline", ""), Unseen[Process]("offline", "")
	f.Kubelet.Running, f.Kubelet.Metrics, f.Kubelet.Log = nil, Unseen[Metrics]("offline", ""), Unseen[*logscan.Run]("offline", "")
	f.Kubelet.Version = Unseen[known.Version]("offline", "")
	f.Runtime.Unit, f.Runtime.Process = Unseen[Unit]("offline", ""), Unseen[Process]("offline", "")
	f.Runtime.RunningEvents, f.Runtime.Streams = nil, Fact[int]{}
	f.Runtime.Version = Unseen[known.Version]("offline", "give it with --runtime-version")
}

// Whatever is taken away, nothing that was not seen is taken for "works".
func TestNothingUnseenWorks(t *testing.T) {
	blind := []func(*Facts){
		func(f *Facts) { f.Kubelet.Metrics = Unseen[Metrics]("no", "") },
		func(f *Facts) { f.Kubelet.Running = nil },
		func(f *Facts) { f.Kubelet.Log = Unseen[*logscan.Run]("no", "") },
		func(f *Facts) { f.Kubelet.Changed = Fact[time.Time]{} },
		func(f *Facts) { f.Kubelet.Process = Unseen[Process]("no", "") },
		func(f *Facts) { f.Kubelet.Gate = source.Setting[bool]{} },
		func(f *Facts) { f.Runtime.Process = Unseen[Process]("no", "") },
		func(f *Facts) { f.Runtime.Version = Unseen[known.Version]("no", "") },
		func(f *Facts) { f.Runtime.RunningEvents = nil },
		func(f *Facts) { f.Runtime.Streams = Fact[int]{} },
		func(f *Facts) { f.Runtime.Changed = Fact[time.Time]{} },
		func(f *Facts) { f.Runtime.Answers = Unseen[bool]("no", "") },
		func(f *Facts) { f.Kubelet.Healthz = Unseen[string]("no", "") },
	}
	for _, base := range []func() Facts{crio, containerd} {
		for mask := range 1 << len(blind) {
			f := base()
			for i, b := range blind {
				if mask&(1<<i) != 0 {
					b(&f)
				}
			}
			v := Judge(f)
			stream := f.Kubelet.Metrics.Seen || f.Runtime.Streams.Seen || f.Kubelet.Log.Seen && f.Runtime.Process.Seen && f.Kubelet.Process.Seen
			answer := f.Runtime.Answers.Seen && (f.Kubelet.Metrics.Seen || f.Kubelet.Healthz.Seen)
			if v.State == StateWorks && (!stream || !answer || !f.Runtime.Version.Seen) {
				t.Fatalf("works, though no source showed the stream, an answer or the version: %013b\n%s", mask, v.Reason)
			}
			if v.State != StateWorks && v.State != StateInconclusive {
				t.Fatalf("%s out of blindness: %013b\n%s", v.State, mask, v.Reason)
			}
		}
	}
}

// Each fact that "works" cannot do without, whatever else was seen.
func TestWorksRestsOnEachOfThese(t *testing.T) {
	for name, hide := range map[string]func(*Facts){
		"an answer of the runtime": func(f *Facts) { f.Runtime.Answers = Unseen[bool]("no", "") },
		"an answer of the kubelet": func(f *Facts) {
			f.Kubelet.Metrics, f.Kubelet.Healthz = Unseen[Metrics]("no", ""), Unseen[string]("no", "")
		},
		"the gate of the running kubelet": func(f *Facts) { f.Kubelet.Running, f.Kubelet.Changed = nil, Fact[time.Time]{} },
		"the stream": func(f *Facts) {
			f.Kubelet.Metrics, f.Kubelet.Log, f.Runtime.Streams = Unseen[Metrics]("no", ""), Unseen[*logscan.Run]("no", ""), Fact[int]{}
		},
		"the kubelet's version": func(f *Facts) { f.Kubelet.Version = Unseen[known.Version]("no", "") },
		"the runtime":           func(f *Facts) { f.Runtime.Name = Unseen[known.RuntimeName]("no", "") },
		"the runtime's version": func(f *Facts) { f.Runtime.Version = Unseen[known.Version]("no", "") },
		"the static pods":       func(f *Facts) { f.Node.StaticPods = Unseen[[]string]("no", "") },
	} {
		for _, base := range []func() Facts{crio, containerd} {
			f := base()
			hide(&f)
			if v := Judge(f); v.State != StateInconclusive || v.Healthy() != Unsure {
				t.Errorf("without %s: %s, %s", name, v.State, v.Reason)
			}
		}
	}
}

// What was inferred may carry a verdict, and is named as such.
func TestInferredIsNamed(t *testing.T) {
	for rung, infer := range map[Rung]func(*Facts){
		RungLoaded: func(f *Facts) { f.Kubelet.Running = []Fact[bool]{{Value: true, Seen: true, Inferred: true}} },
		RungConnected: func(f *Facts) {
			f.Kubelet.Metrics, f.Runtime.Streams = Unseen[Metrics]("no", ""), Fact[int]{}
		},
	} {
		f := crio()
		if e := Judge(f).Of(rung); e.Inferred {
			t.Errorf("%s is seen, and called inferred", rung)
		}
		infer(&f)
		v := Judge(f)
		if e := v.Of(rung); v.State != StateWorks || e.Holds != Yes || !e.Inferred {
			t.Errorf("%s: %s, %+v", rung, v.State, e)
		}
	}
}

func TestOutcomeForALevel(t *testing.T) {
	for _, c := range []struct {
		name  string
		flip  func(*Facts)
		level Rung
		want  Outcome
	}{
		{"works, delivering asked", func(*Facts) {}, RungDelivering, Reached},
		{"works, proven asked, nothing run", func(*Facts) {}, RungProven, Unsure},
		{"proven", func(f *Facts) { f.Stimulus = Seen(Stimulus{Counted: Seen(uint64(4), "/metrics")}, "ours") }, RungProven, Reached},
		{"one event is another pod's", func(f *Facts) { f.Stimulus = Seen(Stimulus{Counted: Seen(uint64(1), "/metrics")}, "ours") }, RungProven, Missed},
		{"not counted", func(f *Facts) { f.Stimulus = Seen(Stimulus{Counted: Seen(uint64(0), "/metrics")}, "ours") }, RungProven, Missed},
		{"counter not readable, reader and log stand in", func(f *Facts) {
			f.Stimulus = Seen(Stimulus{Counted: Unseen[uint64]("403", ""), Streamed: Seen(true, "CRI"), Logged: Seen(true, "log")}, "ours")
		}, RungProven, Reached},
		{"counter not readable, reader alone", func(f *Facts) {
			f.Stimulus = Seen(Stimulus{Counted: Unseen[uint64]("403", ""), Streamed: Seen(true, "CRI")}, "ours")
		}, RungProven, Unsure},
		{"idle node, delivering asked", func(f *Facts) { f.Kubelet.Metrics.Value.Events = 0 }, RungDelivering, Missed},
		{"fell back, loaded asked", func(f *Facts) { f.Kubelet.Metrics.Value.Errors = 5 }, RungLoaded, Reached},
		{"fell back, connected asked", func(f *Facts) { f.Kubelet.Metrics.Value.Errors = 5 }, RungConnected, Missed},
		{"harmful misses every level", func(f *Facts) { f.Kubelet.Version.Value = known.V(1, 37, 0) }, RungConfigured, Missed},
		{"files off, still running", func(f *Facts) { f.Kubelet.Gate.Value = false }, RungConnected, Missed},
		{"files unreadable, still running", func(f *Facts) { f.Kubelet.Gate = source.Setting[bool]{} }, RungConnected, Reached},
		{"nothing seen", func(f *Facts) { *f = Facts{} }, RungConfigured, Unsure},
	} {
		f := crio()
		c.flip(&f)
		if got := Judge(f).Outcome(c.level); got != c.want {
			t.Errorf("%s: outcome %d, want %d", c.name, got, c.want)
		}
	}
}

// What may break pods misses or leaves open every level, and says so.
func TestHarmThatMayBite(t *testing.T) {
	for name, c := range map[string]struct {
		hide func(*Facts)
		says string
	}{
		"the kubelet is frozen": {func(f *Facts) {
			f.Kubelet.Healthz, f.Kubelet.Metrics = Unseen[string]("no answer in time", ""), Unseen[Metrics]("no answer in time", "")
		}, "static pods can get several containers at once (PLEG-KNOWN-STATIC-PODS)"},
		"the runtime is frozen, its version told": {func(f *Facts) {
			f.Runtime.Answers = Unseen[bool]("no answer in time", "")
		}, "static pods can get several containers at once (PLEG-KNOWN-STATIC-PODS)"},
	} {
		f := containerd()
		f.Node.StaticPods.Value = []string{"etcd.yaml"}
		c.hide(&f)
		v := Judge(f)
		for _, level := range []Rung{RungConfigured, RungLoaded, RungConnected, RungProven} {
			if got := v.Outcome(level); got != Unsure {
				t.Errorf("%s: level %s has outcome %d", name, level, got)
			}
		}
		if !strings.Contains(v.Reason, c.says) {
			t.Errorf("%s: %s", name, v.Reason)
		}
	}
	f := containerd()
	f.Node.StaticPods.Value = []string{"etcd.yaml"}
	f.Kubelet.Metrics = Unseen[Metrics]("403", "")
	f.Kubelet.Running, f.Kubelet.Changed.Value = nil, noon().Add(-time.Minute)
	if v := Judge(f); v.State != StateRestartPending || strings.Contains(v.Hint, "restart") {
		t.Errorf("%s, advised: %s", v.State, v.Hint)
	}
}

// A stream that is up is reported, but nothing works while harm cannot be ruled out.
func TestHarmThatCannotBeRuledOut(t *testing.T) {
	for name, blind := range map[string]func(*Facts){
		"the kubelet's version":       func(f *Facts) { f.Kubelet.Version = Unseen[known.Version]("no", "") },
		"the runtime's version":       func(f *Facts) { f.Runtime.Version = Unseen[known.Version]("no", "") },
		"whether static pods run her": func(f *Facts) { f.Node.StaticPods = Unseen[[]string]("no", "") },
	} {
		f := containerd()
		blind(&f)
		v := Judge(f)
		if v.State != StateInconclusive || v.Rung < RungConnected || v.Outcome(RungConnected) != Unsure || !slices.ContainsFunc(v.Gaps, func(g Gap) bool { return strings.HasPrefix(g.What, name) }) {
			t.Errorf("%s: %s, gaps %+v", name, v.State, v.Gaps)
		}
	}
	if v := Judge(containerd()); len(v.Gaps) != 0 {
		t.Errorf("everything was seen, and there are gaps: %+v", v.Gaps)
	}
}

func TestKubeletThatRefusesItsGates(t *testing.T) {
	f := containerd()
	f.Kubelet.Process = Unseen[Process]("gone", "")
	f.Kubelet.Unit.Value.Active, f.Kubelet.Unit.Value.Sub = "activating", "auto-restart"
	f.Kubelet.Running, f.Kubelet.Metrics = nil, Unseen[Metrics]("connection refused", "")
	f.Kubelet.Log.Value.End = &logscan.End{Gates: true, Text: "unrecognized feature gate: EventedPLEG"}
	v := Judge(f)
	if v.Outcome(RungLoaded) != Missed || !strings.Contains(v.Reason, "unrecognized feature gate") {
		t.Errorf("%s: %s", v.State, v.Reason)
	}
}

// A kubelet that fell back never comes back by itself, so nothing is waited for.
func TestDecidedAtOnce(t *testing.T) {
	fell := crio()
	fell.Kubelet.Metrics.Value.Errors = 5
	if v := Judge(fell); !v.Decided(RungDelivering) {
		t.Errorf("waits for %v on a kubelet that fell back", v.Waiting)
	}
	idle := crio()
	idle.Kubelet.Metrics.Value.Events = 0
	if Judge(idle).Decided(RungDelivering) {
		t.Error("an idle stream is decided at once")
	}
	if !Judge(idle).Decided(RungConnected) {
		t.Error("a stream that is up is not decided for connected")
	}
	starting := containerd()
	starting.Kubelet.Process.Value.Start = noon().Add(-time.Second)
	starting.Kubelet.Metrics = Unseen[Metrics]("connection refused", "")
	if Judge(starting).Decided(RungConnected) {
		t.Error("a kubelet that started a second ago is decided at once")
	}
	forbidden := containerd()
	forbidden.Kubelet.Metrics = Unseen[Metrics]("403 Forbidden", "")
	forbidden.Kubelet.Log.Value.StartSeen = false
	if v := Judge(forbidden); !v.Decided(RungConnected) {
		t.Errorf("waits for %v where nothing can come", v.Waiting)
	}
}
