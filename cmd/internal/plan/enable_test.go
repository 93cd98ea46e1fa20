package plan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/platform"
	"github.com/plegctl/plegctl/verify/source"
)

func TestEnableOrder(t *testing.T) {
	for name, c := range map[string]struct {
		facts verify.Facts
		wish  func(*plan.Options)
		want  []string
	}{
		"CRI-O": {facts: seen(), want: []string{
			"stop kubelet.service", "create /etc/crio/crio.conf.d/99-plegctl.conf", "edit /var/lib/kubelet/config.yaml",
			"restart crio.service", "wait until the runtime answers at unix:///run/crio/crio.sock", "start kubelet.service",
			"wait until the kubelet answers on 127.0.0.1:10248/healthz", "watch that kubelet.service keeps its process for 6s",
			"verify the level connected, and that pods are as before",
		}},
		"containerd is never edited and never restarted": {facts: seen(containerd), want: []string{
			"stop kubelet.service", "edit /var/lib/kubelet/config.yaml",
			"wait until the runtime answers at unix:///run/containerd/containerd.sock", "start kubelet.service",
			"wait until the kubelet answers on 127.0.0.1:10248/healthz", "watch that kubelet.service keeps its process for 6s",
			"verify the level connected, and that pods are as before",
		}},
		"staged": {facts: seen(), wish: func(o *plan.Options) { o.Staged = true }, want: []string{
			"create /etc/crio/crio.conf.d/99-plegctl.conf", "edit /var/lib/kubelet/config.yaml",
		}},
		"image": {facts: seen(offline), want: []string{
			"create /etc/crio/crio.conf.d/99-plegctl.conf", "edit /var/lib/kubelet/config.yaml",
		}},
		"coupled": {facts: seen(containerd), wish: func(o *plan.Options) {
			o.Couple = true
			dir := "/etc/systemd/system/containerd.service.d"
			o.Missing = map[string][]string{dir: {dir}}
		}, want: []string{
			"stop kubelet.service", "edit /var/lib/kubelet/config.yaml", "make the directory /etc/systemd/system/containerd.service.d",
			"create /etc/systemd/system/containerd.service.d/90-plegctl-couple.conf", "make systemd read its unit files again",
			"wait until the runtime answers at unix:///run/containerd/containerd.sock", "start kubelet.service",
			"wait until the kubelet answers on 127.0.0.1:10248/healthz", "watch that kubelet.service keeps its process for 6s",
			"verify the level connected, and that pods are as before",
		}},
		"coupled on an image": {facts: seen(containerd, offline), wish: func(o *plan.Options) { o.Couple = true }, want: []string{
			"edit /var/lib/kubelet/config.yaml", "create /etc/systemd/system/containerd.service.d/90-plegctl-couple.conf",
		}},
		"drop-in where the kubelet reads a directory": {facts: seen(containerd, offline, func(f *verify.Facts) {
			f.Kubelet.Inputs.Value.DropIns = &kubeletcfg.DropInDir{Path: "/etc/kubernetes/kubelet.conf.d", Files: []source.File{
				{Path: "/etc/kubernetes/kubelet.conf.d/95-site.conf", Data: []byte("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n")},
			}}
		}), want: []string{"create /etc/kubernetes/kubelet.conf.d/99-plegctl.conf"}},
		"CRI-O's directory is missing": {facts: seen(offline), wish: func(o *plan.Options) {
			dir := "/etc/crio/crio.conf.d"
			o.Missing = map[string][]string{dir: {dir}}
		}, want: []string{
			"make the directory /etc/crio/crio.conf.d", "create /etc/crio/crio.conf.d/99-plegctl.conf", "edit /var/lib/kubelet/config.yaml",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			if c.wish != nil {
				c.wish(&o)
			}
			u := units(c.facts)
			if c.facts.Offline {
				u.Runtime = "containerd.service"
			}
			p, err := plan.Enable(c.facts, u, o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, p.Lines()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEnableDiffHoldsOnlyWhatChanges(t *testing.T) {
	p, err := plan.Enable(seen(containerd), units(seen(containerd)), options())
	if err != nil {
		t.Fatal(err)
	}
	want := "--- /var/lib/kubelet/config.yaml\n+++ /var/lib/kubelet/config.yaml\n@@ -3,3 +3,4 @@\n kind: KubeletConfiguration\n featureGates:\n   NodeSwap: true # needed\n+  EventedPLEG: true\n"
	if diff := cmp.Diff(want, p.Diff()); diff != "" {
		t.Error(diff)
	}
}

func TestEnableRefuses(t *testing.T) {
	risk := func(name string) func(*plan.Options) { return func(o *plan.Options) { o.Accept = []string{name} } }
	for name, c := range map[string]struct {
		change func(*verify.Facts)
		code   string
		where  string
		accept func(*plan.Options)
		exit   int
	}{
		"B1": {change: func(f *verify.Facts) { f.Kubelet.Version.Value = known.V(1, 37, 2) }, code: "PLEG-KNOWN-INIT-LOOP", accept: risk("init-container-loop"), exit: 3},
		"broken containerd": {change: func(f *verify.Facts) {
			containerd(f)
			f.Runtime.Version.Value = known.V(2, 0, 1)
		}, code: "PLEG-KNOWN-EMPTY-STATUS", accept: risk("empty-container-status"), exit: 3},
		"static pods": {change: func(f *verify.Facts) { f.Node.StaticPods.Value = []string{"etcd.yaml"} }, code: "PLEG-NODE-STATIC-PODS", where: "directory", accept: risk("static-pods"), exit: 3},
		"old kubelet": {change: func(f *verify.Facts) { f.Kubelet.Version.Value = known.V(1, 25, 16) }, code: "PLEG-KNOWN-NO-GATE", exit: 3},
		"old runtime": {change: func(f *verify.Facts) {
			containerd(f)
			f.Runtime.Version.Value = known.V(1, 6, 39)
		}, code: "PLEG-KNOWN-NO-EVENTS", exit: 3},
		"platform": {change: func(f *verify.Facts) {
			f.Node.Platform = verify.Seen(verify.Platform{Name: "OpenShift", Managed: true, Overwrites: "MCO", Instead: "use a MachineConfig"}, "test")
		}, code: "PLEG-NODE-PLATFORM", where: "test", accept: risk(plan.RiskPlatform), exit: 3},
		"unknown version on a running node": {change: func(f *verify.Facts) {
			f.Kubelet.Version = verify.Unseen[known.Version]("no metrics", "")
		}, code: "PLEG-KUBELET-VERSION", accept: risk(plan.RiskUnknown), exit: 4},
		"kubelet is down": {change: func(f *verify.Facts) { f.Kubelet.Unit.Value.Active = "failed" }, code: "PLEG-KUBELET-UNIT", where: "systemd", exit: 3},
		"gate on the command line": {change: func(f *verify.Facts) {
			f.Kubelet.Gate = source.Set(false, source.Position{Kind: source.Flag, Name: "--feature-gates", Path: "/etc/default/kubelet", Line: 3})
		}, code: "PLEG-KUBELET-SHADOWED", where: "--feature-gates in /etc/default/kubelet:3", exit: 3},
		"CRI-O flag": {change: func(f *verify.Facts) {
			f.Runtime.Events = source.Set(false, source.Position{Kind: source.Flag, Name: "--enable-pod-events", Path: "/etc/sysconfig/crio", Line: 1})
		}, code: "PLEG-RUNTIME-SHADOWED", where: "--enable-pod-events in /etc/sysconfig/crio:1", exit: 3},
		"gate unreadable": {change: func(f *verify.Facts) {
			f.Kubelet.Gate = source.Unknown[bool]("permission denied", "")
		}, code: "PLEG-KUBELET-CONFIG", exit: 4},
		"containerd's CRI is off": {change: func(f *verify.Facts) {
			containerd(f)
			f.Runtime.CRIDisabled = source.Set(true, source.At(source.ConfigFile, "/etc/containerd/config.toml", 1, 0))
		}, code: "PLEG-RUNTIME-CRI-PLUGIN", where: "/etc/containerd/config.toml:1", exit: 3},
		"another runtime": {change: func(f *verify.Facts) { f.Runtime.Name.Value = "cri-dockerd" }, code: "PLEG-RUNTIME-CRI", exit: 3},
	} {
		t.Run(name, func(t *testing.T) {
			f := seen(c.change)
			_, err := plan.Enable(f, units(f), options())
			var refused *plan.RefusedError
			if !errors.As(err, &refused) {
				t.Fatalf("got %v", err)
			}
			if refused.ExitCode() != c.exit {
				t.Errorf("exit %d, want %d", refused.ExitCode(), c.exit)
			}
			found := false
			for _, r := range refused.Reasons {
				found = found || r.Code == c.code && r.Where == c.where
			}
			if !found {
				t.Errorf("reasons %+v, want %s at %q", refused.Reasons, c.code, c.where)
			}
			if c.accept == nil {
				return
			}
			p, err := plan.Enable(f, units(f), options(c.accept))
			if err != nil || len(p.Accepted) != 1 || p.Empty() {
				t.Errorf("with the risk accepted: %v, %v", err, p.Accepted)
			}
		})
	}
}

func TestEnableOnAnImageWithoutVersions(t *testing.T) {
	f := seen(offline, func(f *verify.Facts) {
		f.Runtime.Name = verify.Unseen[known.RuntimeName]("no file names it", "name it with --runtime")
		f.Kubelet.Version = verify.Unseen[known.Version]("no package owns it", "give it with --kubelet-version")
	})
	_, err := plan.Enable(f, units(f), options())
	var refused *plan.RefusedError
	if !errors.As(err, &refused) || refused.ExitCode() != 4 || !strings.Contains(refused.Hint(), "--kubelet-version") {
		t.Fatalf("got %v", err)
	}
	p, err := plan.Enable(f, units(f), options(func(o *plan.Options) { o.Accept = []string{plan.RiskUnknown} }))
	if err != nil {
		t.Fatal(err)
	}
	if lines(t, p) != "edit /var/lib/kubelet/config.yaml" || !p.Staged {
		t.Errorf("plan: %v", p.Lines())
	}
}

func TestEnableHasNothingToDo(t *testing.T) {
	f := seen(func(f *verify.Facts) {
		f.Kubelet.Gate = source.Set(true, source.At(source.ConfigFile, configPath, 6, 3))
		f.Runtime.Events = source.Set(true, source.At(source.DropIn, crioPath, 2, 1))
		f.Kubelet.Running = []verify.Fact[bool]{verify.Seen(true, "configz")}
		f.Runtime.RunningEvents = []verify.Fact[bool]{verify.Seen(true, "/config")}
	})
	p, err := plan.Enable(f, units(f), options())
	if err != nil || !p.Empty() {
		t.Errorf("%v, %v", err, p.Lines())
	}
	offline(&f)
	f.Kubelet.Running, f.Runtime.RunningEvents = nil, nil
	f.Kubelet.Version = verify.Unseen[known.Version]("no package owns it", "")
	if p, err := plan.Enable(f, units(f), options()); err != nil || !p.Empty() {
		t.Errorf("an image that is as wanted, of a version that is not known: %v, %v", err, p.Lines())
	}
	f.Runtime.Events = source.Unknown[bool]("permission denied", "")
	if _, err := plan.Enable(f, units(f), options()); err == nil {
		t.Error("an image of which not enough is known is said to need nothing")
	}
}

func TestEnableRestartsWhatRunsWithOldFiles(t *testing.T) {
	f := seen(func(f *verify.Facts) {
		f.Kubelet.Gate = source.Set(true, source.At(source.ConfigFile, configPath, 6, 3))
		f.Runtime.Events = source.Set(true, source.At(source.DropIn, crioPath, 2, 1))
		f.Kubelet.Running = []verify.Fact[bool]{verify.Seen(false, "configz")}
		f.Runtime.RunningEvents = []verify.Fact[bool]{verify.Seen(false, "/config")}
	})
	p, err := plan.Enable(f, units(f), options())
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Restarts(); len(got) != 2 || len(p.Changes()) != 0 {
		t.Errorf("restarts %v, changes %v", got, p.Changes())
	}
}

func TestMethodDropInNeedsADirectory(t *testing.T) {
	f := seen(containerd)
	_, err := plan.Enable(f, units(f), options(func(o *plan.Options) { o.Method = plan.MethodDropIn }))
	var refused *plan.RefusedError
	if !errors.As(err, &refused) {
		t.Errorf("a kubelet that reads no directory was given a drop-in: %v", err)
	}
}

// On a node of kubeadm the plan names the page that says where the gate must be set to outlive
// an upgrade. A note takes one line of 80 columns.
func TestEnableNotes(t *testing.T) {
	f := seen(containerd)
	f.Node.Platform = verify.Seen(verify.Platform{Name: platform.Kubeadm}, "test")
	p, err := plan.Enable(f, units(f), options())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(p.Notes, "\n"), "plegctl explain kubeadm") {
		t.Errorf("no note names the page:\n%s", strings.Join(p.Notes, "\n"))
	}
	notes := p.Notes
	for _, issue := range known.AllIssues() {
		if issue.Severity == known.Warn {
			notes = append(notes, issue.Title+" ("+issue.Code+")")
		}
	}
	for _, note := range notes {
		if len(note) > 74 {
			t.Errorf("%d columns: %s", len(note), note)
		}
	}
}
