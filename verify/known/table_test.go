package known

import (
	"slices"
	"strings"
	"testing"
)

// This table was copied by hand from what was read in the sources of kubelets and runtimes, not
// from the code beside it: each border of a version stands here with the release before it.

func at(t *testing.T, s string) Version {
	t.Helper()
	v, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestKubeletsByVersion(t *testing.T) {
	for _, c := range []struct {
		versions string
		stage    Stage
		design   Design
		dir      ConfigDirSupport
	}{
		{"1.24.17 1.25.0 1.25.16 0.37.0", StageAbsent, DesignNone, ConfigDirNone},
		{"1.26.0 1.26.15", StageAlpha, DesignCache, ConfigDirNone},
		{"1.27.0 1.27.9", StageBeta, DesignCache, ConfigDirNone},
		{"1.27.10 1.27.16", StageAlpha, DesignCache, ConfigDirNone},
		{"1.28.0 1.28.5", StageBeta, DesignCache, ConfigDirNeedsEnv},
		{"1.28.6 1.28.15", StageAlpha, DesignCache, ConfigDirNeedsEnv},
		{"1.29.0", StageBeta, DesignCache, ConfigDirNeedsEnv},
		{"1.29.1 1.29.15", StageAlpha, DesignCache, ConfigDirNeedsEnv},
		{"1.30.0 1.30.14 1.31.0 1.31.14 1.32.0 1.32.13 1.33.13 1.34.4 1.35.8 1.36.0 1.36.5", StageAlpha, DesignCache, ConfigDirPlain},
		{"1.37.0-rc.0 1.37.0 1.37.2 1.38.0-alpha.0", StageAlpha, DesignHint, ConfigDirPlain},
	} {
		for version := range strings.FieldsSeq(c.versions) {
			k := KubeletAt(at(t, version))
			if k.Stage != c.stage || k.Design != c.design || k.ConfigDir != c.dir || k.GateExists() != (c.stage != StageAbsent) {
				t.Errorf("%s: %+v", version, k)
			}
		}
	}
	if k := KubeletAt(Version{}); k != (Kubelet{}) {
		t.Errorf("a version that is not known: %+v", k)
	}
	if MaxStreamRetries != 5 || NewestKubelet() != at(t, "1.37.2") {
		t.Errorf("%d retries, newest kubelet %s", MaxStreamRetries, NewestKubelet())
	}
}

func TestRuntimesByVersion(t *testing.T) {
	crash := Runtime{NeedsSwitch: true, Events: EventsBroadcast, SetsTimestamp: true, ShutdownPanics: true, ProbeCrash: true}
	late := crash
	late.TimestampSeconds = true
	shows := crash
	shows.ShowsStreams = true
	good := shows
	good.ProbeCrash = false
	hangs := good
	hangs.StopHangs = true
	shared := Runtime{NeedsSwitch: true, Events: EventsShared, ProbeTheft: true, SetsTimestamp: true, ShutdownPanics: true, TimestampSeconds: true}
	for _, c := range []struct {
		name     RuntimeName
		versions string
		want     Runtime
	}{
		{Containerd, "1.5.18 1.6.0 1.6.39", Runtime{Events: EventsNone}},
		{Containerd, "1.7.0 1.7.35", Runtime{Events: EventsShared, ProbeTheft: true}},
		{Containerd, "2.0.0-rc.4 2.0.3 2.0.5 2.1.0 2.4.2", Runtime{Events: EventsBroadcast, KeepsEvents: true}},
		{Containerd, "2.0.0-rc.5 2.0.0 2.0.2", Runtime{Events: EventsBroadcast, KeepsEvents: true, SetsTimestamp: true}},
		{CRIO, "1.24.6 1.25.0 1.25.5", Runtime{NeedsSwitch: true, Events: EventsNone}},
		{CRIO, "1.26.0 1.27.8", shared},
		{CRIO, "1.28.0 1.28.11 1.29.8 1.30.5 1.31.0", late},
		{CRIO, "1.29.9 1.29.13 1.30.6 1.31.1 1.31.13", crash},
		{CRIO, "1.32.0 1.32.13", shows},
		{CRIO, "1.33.0 1.33.12 1.35.0 1.36.3", good},
		{CRIO, "1.34.0 1.34.11", hangs},
		{"cri-dockerd", "0.3.16", Runtime{}},
	} {
		for version := range strings.FieldsSeq(c.versions) {
			c.want.Name, c.want.Version = c.name, at(t, version)
			if got := RuntimeAt(c.name, c.want.Version); got != c.want {
				t.Errorf("%s %s:\n%+v\n%+v", c.name, version, got, c.want)
			}
		}
	}
	if got, want := RuntimeAt(CRIO, Version{}), (Runtime{Name: CRIO, NeedsSwitch: true}); got != want {
		t.Errorf("a version that is not known: %+v", got)
	}
}

// Each issue: where it begins and ends, and what it means for a change.
func TestIssuesByVersion(t *testing.T) {
	const otherKubelet, otherRuntime = "1.36.3", "containerd 2.4.2"
	for _, c := range []struct {
		code     string
		severity Severity
		risk     string
		is, not  string // "kubelet/runtime", either may be left out
		static   bool
		always   bool
	}{
		{code: "NO-GATE", severity: Impossible, is: "1.25.0 1.25.16", not: "1.26.0 1.37.2"},
		{code: "NO-EVENTS", severity: Impossible, is: "/containerd_1.6.39 /cri-o_1.25.5", not: "/containerd_1.7.0 /cri-o_1.26.0"},
		{
			code: "INIT-LOOP", severity: Harmful, risk: "init-container-loop", always: true,
			is:  "1.37.0/cri-o_1.34.11 1.37.2/cri-o_1.36.3 1.37.2/containerd_2.0.0 1.37.2/containerd_2.0.2",
			not: "1.36.5/cri-o_1.34.11 1.37.2/containerd_2.0.3 1.37.2/containerd_1.7.35 1.37.2/containerd_2.4.2",
		},
		{
			code: "EMPTY-STATUS", severity: Harmful, risk: "empty-container-status", always: true,
			is:  "/containerd_2.0.0-rc.5 /containerd_2.0.0 /containerd_2.0.2 1.37.2/containerd_2.0.1",
			not: "/containerd_2.0.0-rc.4 /containerd_2.0.3 /containerd_1.7.35 /cri-o_1.34.11",
		},
		{code: "STATIC-PODS", severity: Harmful, risk: "static-pods", static: true, is: "1.26.0 1.36.5", not: "1.25.16 1.37.0"},
		{code: "DUPLICATES", severity: Harmful, risk: "duplicate-containers", is: "1.26.0 1.28.15", not: "1.25.16 1.29.0"},
		{code: "FUTURE-CACHE", severity: Warn, is: "1.26.0 1.31.14 1.31.14/cri-o_1.31.13 1.26.0/containerd_1.7.0", not: "1.25.16 1.32.0 1.31.14/containerd_1.6.39"},
		{code: "SIDECARS", severity: Warn, is: "1.33.0/cri-o_1.33.0 1.36.5/cri-o_1.34.11", not: "1.32.13/cri-o_1.33.0 1.37.0/cri-o_1.34.11 1.36.5"},
		{code: "PANIC", severity: Warn, is: "1.26.0 1.36.5", not: "1.25.16 1.37.0"},
		{code: "CRIO-CRASH", severity: Warn, is: "/cri-o_1.28.0 /cri-o_1.32.13", not: "/cri-o_1.27.8 /cri-o_1.33.0 /containerd_1.7.0"},
		{code: "CRIO-HANG", severity: Warn, is: "/cri-o_1.34.0 /cri-o_1.34.11", not: "/cri-o_1.33.12 /cri-o_1.35.0 /containerd_2.4.2"},
		{
			code: "SECONDS", severity: Warn,
			is:  "/cri-o_1.26.0 /cri-o_1.28.11 /cri-o_1.29.8 /cri-o_1.30.5 /cri-o_1.31.0",
			not: "/cri-o_1.25.5 /cri-o_1.29.9 /cri-o_1.30.6 /cri-o_1.31.1 /cri-o_1.32.0 /containerd_2.0.1",
		},
		{code: "FALLBACK", is: "1.26.0 1.37.2", not: "1.25.16"},
		{code: "SLOW-PHASE", is: "1.32.0 1.36.5", not: "1.31.14 1.37.0"},
		{code: "SHARED-QUEUE", is: "/containerd_1.7.0 /containerd_1.7.35 /cri-o_1.26.0 /cri-o_1.27.8", not: "/containerd_1.6.39 /containerd_2.0.0 /cri-o_1.28.0"},
		{code: "CRIO-STOP", is: "/cri-o_1.26.0 /cri-o_1.36.3", not: "/cri-o_1.25.5 /containerd_2.0.0"},
		{code: "NIL-STATUS", is: "/containerd_1.7.0 /containerd_1.7.35", not: "/containerd_2.0.0 /cri-o_1.26.0"},
		{code: "STALLED-READER", is: "/containerd_2.0.0 /containerd_2.4.2", not: "/containerd_1.7.35 /cri-o_1.34.11"},
		{code: "HINT-ONLY", is: "1.37.0 1.37.2", not: "1.36.5"},
	} {
		code := "PLEG-KNOWN-" + c.code
		holds := func(pair string) bool {
			kubelet, runtime, _ := strings.Cut(pair, "/")
			if kubelet == "" {
				kubelet = otherKubelet
			}
			if runtime == "" {
				runtime = otherRuntime
			}
			name, version, _ := strings.Cut(strings.ReplaceAll(runtime, "_", " "), " ")
			found := Issues(KubeletAt(at(t, kubelet)), RuntimeAt(RuntimeName(name), at(t, version)))
			if !slices.IsSortedFunc(found, func(a, b Issue) int { return int(b.Severity - a.Severity) }) {
				t.Errorf("%s: the worst is not first", pair)
			}
			return slices.ContainsFunc(found, func(i Issue) bool { return i.Code == code })
		}
		for pair := range strings.FieldsSeq(c.is) {
			if !holds(pair) {
				t.Errorf("%s is missing on %s", code, pair)
			}
		}
		for pair := range strings.FieldsSeq(c.not) {
			if holds(pair) {
				t.Errorf("%s on %s", code, pair)
			}
		}
		issues := AllIssues()
		i := slices.IndexFunc(issues, func(i Issue) bool { return i.Code == code })
		if i < 0 {
			t.Errorf("%s does not exist", code)
			continue
		}
		if got := issues[i]; got.Severity != c.severity || got.Risk != c.risk || got.StaticPods != c.static || got.WithoutStream != c.always {
			t.Errorf("%s: %+v", code, got)
		}
	}
	if n := len(AllIssues()); n != 19 {
		t.Errorf("%d issues, 19 are tried", n)
	}
	if found := Issues(Kubelet{}, Runtime{}); len(found) > 0 {
		t.Errorf("versions that are not known have issues: %v", found)
	}
}

func TestRuntimeTable(t *testing.T) {
	for name, want := range map[string]struct {
		name  RuntimeName
		title string
	}{
		"containerd": {Containerd, "containerd"}, "cri-o": {CRIO, "CRI-O"}, " CRIO ": {CRIO, "CRI-O"}, "CRI-O": {CRIO, "CRI-O"}, "Docker": {"docker", "docker"},
	} {
		if got := RuntimeNamed(name); got != want.name || got.Title() != want.title {
			t.Errorf("%q is %s, %s", name, got, got.Title())
		}
	}
	for endpoint, want := range map[string]string{
		"unix:///run/containerd/containerd.sock":                  "containerd: containerd.service",
		"/run/k3s/containerd/containerd.sock":                     "containerd: k3s.service k3s-agent.service rke2-server.service rke2-agent.service",
		"unix:///run/k0s/containerd.sock":                         "containerd: k0sworker.service k0scontroller.service",
		"unix:///var/snap/microk8s/common/run/containerd.sock":    "containerd: snap.microk8s.daemon-containerd.service",
		"unix:///var/run/crio/crio.sock":                          "CRI-O: crio.service cri-o.service",
		"unix:///opt/crio.sock":                                   "CRI-O: crio.service cri-o.service",
		"unix:///run/cri-dockerd.sock":                            ": ",
		"unix:///run/elsewhere/containerd/containerd.sock.backup": "containerd: containerd.service",
	} {
		info, ok := RuntimeOfEndpoint(endpoint)
		if got := info.Title + ": " + strings.Join(info.Units(endpoint), " "); got != want || ok != (want != ": ") {
			t.Errorf("%s: %q, want %q", endpoint, got, want)
		}
	}
	containerd, _ := RuntimeInfoOf(Containerd)
	crio, _ := RuntimeInfoOf(CRIO)
	if _, ok := RuntimeInfoOf("docker"); ok || containerd.HasSwitch() || !crio.HasSwitch() {
		t.Errorf("docker is known: %v; containerd has a switch: %v, CRI-O: %v", ok, containerd.HasSwitch(), crio.HasSwitch())
	}
	if !containerd.HidesCRI || crio.HidesCRI || containerd.ShowsConfig || !crio.ShowsConfig || containerd.CrashesOnLeave || !crio.CrashesOnLeave {
		t.Errorf("%+v\n%+v", containerd, crio)
	}
	for version, exists := range map[string]bool{"1.25.5": false, "1.26.0": true, "1.36.3": true} {
		if s, ok := crio.Switch(at(t, version)); ok != exists || ok && (s.String() != "crio.runtime.enable_pod_events" || s.Flag != "enable-pod-events" || s.Variable != "ENABLE_POD_EVENTS" || s.Patched) {
			t.Errorf("%s: %+v, %v", version, s, ok)
		}
	}
	if _, ok := crio.Switch(Version{}); !ok {
		t.Error("a version that is not known has the newest switch")
	}
	if s, ok := containerd.Switch(at(t, "2.4.2")); !ok || !s.Patched || s.String() != "enable_pod_events" {
		t.Errorf("%+v", s)
	}
}
