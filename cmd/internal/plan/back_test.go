package plan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/source"
)

func file(text string) plan.FileState {
	return plan.FileState{Exists: true, Data: []byte(text), Mode: 0o640, UID: 1, GID: 2}
}

func TestRollback(t *testing.T) {
	changes := []plan.FileChange{
		{Path: "/etc/crio/crio.conf.d", After: plan.FileState{Exists: true, Dir: true, Mode: 0o755}},
		{Path: "/etc/crio/crio.conf.d/99-plegctl.conf", Role: plan.RuntimeConfig, After: file("x")},
		{Path: configPath, Role: plan.KubeletConfig, Before: file("old"), After: file("new")},
	}
	now := func(change func(map[string]plan.FileState)) map[string]plan.FileState {
		m := map[string]plan.FileState{}
		for _, c := range changes {
			m[c.Path] = c.After
		}
		if change != nil {
			change(m)
		}
		return m
	}
	u := plan.Units{Kubelet: "kubelet.service", Runtime: "crio.service"}
	files := "restore " + configPath + "\nremove /etc/crio/crio.conf.d/99-plegctl.conf\nremove the directory /etc/crio/crio.conf.d"
	for name, c := range map[string]struct {
		in    plan.RollbackInput
		want  string
		drift []string
	}{
		"all": {in: plan.RollbackInput{Now: now(nil), Staged: true}, want: files},
		"the last written is restored first, kubelet stops first": {
			in:   plan.RollbackInput{Now: now(nil), Units: u},
			want: "stop kubelet.service\n" + files + "\nrestart crio.service\nstart kubelet.service\nwatch that kubelet.service keeps its process for 0s",
		},
		"what the runtime kept is drained": {
			in:   plan.RollbackInput{Now: now(nil), Units: plan.Units{Kubelet: "kubelet.service", Endpoint: "unix:///run/c.sock", KeepsEvents: true}, Touched: &plan.Touched{Kubelet: true}},
			want: "drain the backlog of container events\nstop kubelet.service\n" + files + "\nwait until the runtime answers at unix:///run/c.sock\nstart kubelet.service\nwatch that kubelet.service keeps its process for 0s",
		},
		"one that has just started kept nothing": {
			in:   plan.RollbackInput{Now: now(nil), Units: plan.Units{Kubelet: "kubelet.service", Runtime: "crio.service", Endpoint: "unix:///run/c.sock", KeepsEvents: true}},
			want: "stop kubelet.service\n" + files + "\nrestart crio.service\nwait until the runtime answers at unix:///run/c.sock\nstart kubelet.service\nwatch that kubelet.service keeps its process for 0s",
		},
		"already back": {in: plan.RollbackInput{Staged: true, Now: now(func(m map[string]plan.FileState) {
			clear(m)
			m[configPath] = file("old")
		})}},
		"bytes are back, the mode is not": {in: plan.RollbackInput{Staged: true, Now: now(func(m map[string]plan.FileState) {
			clear(m)
			s := file("old")
			s.Mode = 0o600
			m[configPath] = s
		})}, want: "restore " + configPath},
		"drift": {
			in:   plan.RollbackInput{Staged: true, Now: now(func(m map[string]plan.FileState) { m[configPath] = file("theirs") })},
			want: strings.TrimPrefix(files, "restore "+configPath+"\n"), drift: []string{configPath},
		},
		"drift, forced": {in: plan.RollbackInput{Staged: true, Force: true, Now: now(func(m map[string]plan.FileState) { m[configPath] = file("theirs") })}, want: files},
		"the admin removed the file": {
			in:   plan.RollbackInput{Staged: true, Now: now(func(m map[string]plan.FileState) { delete(m, configPath) })},
			want: strings.TrimPrefix(files, "restore "+configPath+"\n"), drift: []string{configPath},
		},
		"only what was touched starts again": {
			in:   plan.RollbackInput{Now: now(nil), Units: u, Touched: &plan.Touched{Kubelet: true}},
			want: "stop kubelet.service\n" + files + "\nstart kubelet.service\nwatch that kubelet.service keeps its process for 0s",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.in.Changes = changes
			p, err := plan.Rollback(c.in)
			var drift *plan.DriftError
			if errors.As(err, &drift) != (c.drift != nil) {
				t.Fatalf("got %v", err)
			}
			if drift != nil && drift.Files[0].Path != c.drift[0] {
				t.Errorf("drift in %v", drift.Files)
			}
			if diff := cmp.Diff(c.want, lines(t, p)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An edit between two changes of plegctl is another program's, in the difference that is
// shown and in what a rollback takes out.
func TestEditsOfOthers(t *testing.T) {
	const a, ours, between, second = "a\nb\n", "a\nours\nb\n", "# theirs\na\nours\nb\n", "# theirs\na\nours\nb\ntoo\n"
	c := plan.FileChange{Path: configPath, Role: plan.KubeletConfig, Before: file(a), After: file(second), Edits: []plan.Edit{
		{Record: "000001-enable", Before: file(a), After: file(ours)}, {Record: "000002-disable", Before: file(between), After: file(second)},
	}}
	for name, want := range map[string]struct{ now, then, diff string }{
		"in between": {now: second, then: "# theirs\na\nb\n"},
		"and since":  {now: second + "# since\n", then: "# theirs\na\nb\n# since\n"},
		"over ours": {now: "# theirs\na\nOURS\nb\ntoo\n", diff: `# what plegctl changed, as recorded 000001-enable
@@ -1,2 +1,3 @@
 a
+ours
 b
# what another program changed in between
@@ -1,3 +1,4 @@
+# theirs
 a
 ours
 b
# what plegctl changed, as recorded 000002-disable
@@ -2,3 +2,4 @@
 a
 ours
 b
+too
# what another program changed since
@@ -1,5 +1,5 @@
 # theirs
 a
-ours
+OURS
 b
 too
`},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := plan.Rollback(plan.RollbackInput{Staged: true, Changes: []plan.FileChange{c}, Now: map[string]plan.FileState{configPath: file(want.now)}})
			var drift *plan.DriftError
			if errors.As(err, &drift) {
				got := strings.ReplaceAll(drift.Files[0].ThreeWay(), "--- "+configPath+"\n+++ "+configPath+"\n", "")
				if diff := cmp.Diff(want.diff, got); diff != "" {
					t.Error(diff)
				}
				return
			}
			step, ok := p.Steps[0].(plan.RestoreFile)
			if !ok || string(step.Then.Data) != want.then || !step.Keep || len(p.Notes) != 1 {
				t.Errorf("%v %+v", err, p)
			}
		})
	}
}

func TestDisable(t *testing.T) {
	on := strings.Replace(configText, "NodeSwap: true # needed\n", "NodeSwap: true # needed\n  EventedPLEG: true\n", 1)
	gateIn := func(path string) source.Setting[bool] {
		return source.Set(true, source.At(source.ConfigFile, path, 6, 3))
	}
	own := "/etc/crio/crio.conf.d/99-plegctl.conf"
	eventsOn := func(f *verify.Facts) {
		f.Runtime.Events = source.Set(true, source.At(source.DropIn, own, 4, 1))
	}
	inConfig := func(f *verify.Facts) {
		f.Kubelet.Inputs.Value.Config = &source.File{Path: configPath, Data: []byte(on)}
		f.Kubelet.Gate = gateIn(configPath)
	}
	for name, c := range map[string]struct {
		change []func(*verify.Facts)
		wish   func(*plan.Options)
		want   string
		config string
		note   string
	}{
		"gate already off": {change: []func(*verify.Facts){containerd}},
		"admin's own line is set to false": {
			change: []func(*verify.Facts){containerd, inConfig}, want: "edit " + configPath,
			config: strings.Replace(on, "EventedPLEG: true", "EventedPLEG: false", 1),
		},
		"what we recorded is reverted byte for byte": {
			change: []func(*verify.Facts){containerd, inConfig}, want: "edit " + configPath, config: configText,
			wish: func(o *plan.Options) {
				o.Recorded = []plan.FileChange{{Path: configPath, Before: file(configText), After: file(on)}}
			},
		},
		"what we added to a file that changed since is removed": {
			change: []func(*verify.Facts){containerd, inConfig, func(f *verify.Facts) {
				f.Kubelet.Inputs.Value.Config.Data = []byte(on + "maxPods: 50\n")
			}}, want: "edit " + configPath, config: configText + "maxPods: 50\n",
			wish: func(o *plan.Options) {
				o.Recorded = []plan.FileChange{{Path: configPath, Before: file(configText), After: file(on)}}
			},
		},
		"our drop-ins go": {
			change: []func(*verify.Facts){func(f *verify.Facts) {
				text := []byte("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates:\n  EventedPLEG: true\n")
				f.Kubelet.Inputs.Value.DropIns = &kubeletcfg.DropInDir{Path: "/etc/k.d", Files: []source.File{{Path: "/etc/k.d/90-plegctl.conf", Data: text}}}
				f.Kubelet.Gate = gateIn("/etc/k.d/90-plegctl.conf")
				f.Runtime.Files.Value = append(f.Runtime.Files.Value, source.File{Path: own, Data: []byte("[crio.runtime]\nenable_pod_events = true\n")})
			}, eventsOn},
			want: "remove /etc/k.d/90-plegctl.conf\nremove " + own,
		},
		"events of somebody else stay": {
			change: []func(*verify.Facts){inConfig, eventsOn}, want: "edit " + configPath, note: "plegctl did not turn them on",
			config: strings.Replace(on, "EventedPLEG: true", "EventedPLEG: false", 1),
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := seen(c.change...)
			o := options(func(o *plan.Options) { o.Staged = true })
			if c.wish != nil {
				c.wish(&o)
			}
			p, err := plan.Disable(f, units(f), o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, lines(t, p)); diff != "" {
				t.Error(diff)
			}
			for _, change := range p.Changes() {
				if change.Path == configPath && string(change.After.Data) != c.config {
					t.Error(cmp.Diff(c.config, string(change.After.Data)))
				}
			}
			if !strings.Contains(strings.Join(p.Notes, "\n"), c.note) {
				t.Errorf("notes: %v", p.Notes)
			}
		})
	}
}

func TestCoupling(t *testing.T) {
	text := string(plan.CoupleText("kubelet.service"))
	for _, want := range []string{"--no-block try-restart kubelet.service\n", "ExecStartPost=-+/usr/bin/systemctl"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	f := seen(func(f *verify.Facts) { f.Runtime.Unit.Value.Type = "simple" })
	if _, err := plan.CoupleOwn(f, units(f), options()); err == nil {
		t.Error("a runtime that systemd takes for started too early was coupled")
	}
	f = seen()
	p, err := plan.CoupleOwn(f, units(f), options(func(o *plan.Options) { o.Coupling = file(text) }))
	if err != nil || !p.Empty() {
		t.Errorf("coupling twice: %v %v", err, p.Lines())
	}
	p, err = plan.Uncouple(file(text), units(f), options())
	if err != nil || lines(t, p) != "remove /etc/systemd/system/crio.service.d/90-plegctl-couple.conf\nmake systemd read its unit files again" {
		t.Errorf("uncouple: %v %v", err, p.Lines())
	}
}

func TestDiffHidesSecrets(t *testing.T) {
	for name, text := range map[string]string{
		"block": "kind: K\nstaticPodURLHeader:\n  Authorization:\n  - Bearer s3cret\nport: 1\n",
		"flow":  "kind: K\nstaticPodURLHeader: {Authorization: [Bearer s3cret]}\nport: 1\n",
		"JSON":  "{\n  \"staticPodURLHeader\": {\n    \"Authorization\": [\"Bearer s3cret\"]\n  },\n  \"port\": 1\n}\n",
	} {
		got := plan.Diff("/f", file(text), file(strings.Replace(text, "1", "2", 1)))
		if strings.Contains(got, "s3cret") || !strings.Contains(got, "2") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}
