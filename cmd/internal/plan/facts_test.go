package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

const (
	configPath = "/var/lib/kubelet/config.yaml"
	configText = "# node 17\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates:\n  NodeSwap: true # needed\n"
	crioPath   = "/etc/crio/crio.conf.d/10-crio.conf"
	crioText   = "[crio.runtime]\ndefault_runtime = \"crun\"\n"
)

// seen builds the facts of a healthy node: kubelet 1.36.3 with gate off, CRI-O 1.36.3 with
// events off; change adapts them.
func seen(change ...func(*verify.Facts)) verify.Facts {
	unit := func(name string) verify.Fact[verify.Unit] {
		return verify.Seen(verify.Unit{Name: name, Load: "loaded", Active: "active", Sub: "running", Type: "notify"}, "systemd")
	}
	f := verify.Facts{
		Kubelet: verify.Kubelet{
			Unit: unit("kubelet.service"), Version: verify.Seen(known.V(1, 36, 3), "test"),
			Inputs: verify.Seen(kubeletcfg.Inputs{
				Version: known.V(1, 36, 3), Config: &source.File{Path: configPath, Data: []byte(configText)},
			}, "process 812"),
			Gate:     source.DefaultTo(false),
			Healthz:  verify.Seen("ok", "test"),
			Settings: kubeletcfg.Settings{HealthzPort: source.DefaultTo(10248)},
		},
		Runtime: verify.Runtime{
			Endpoint: verify.Seen("unix:///run/crio/crio.sock", "test"), Name: verify.Seen(known.CRIO, "CRI"),
			Version: verify.Seen(known.V(1, 36, 3), "CRI"), Unit: unit("crio.service"),
			Files:   verify.Seen([]source.File{{Path: crioPath, Data: []byte(crioText)}}, "test"),
			Inputs:  runtimecfg.Inputs{Files: []source.File{{Path: crioPath, Data: []byte(crioText)}}},
			Answers: verify.Seen(true, "CRI"),
			Events:  source.DefaultTo(false),
		},
		Node: verify.Node{
			Bus: verify.Seen("252", "test"), Root: verify.Seen(true, "test"), StaticPods: verify.Seen([]string{}, "directory"),
			Platform: verify.Seen(verify.Platform{}, "files"), Disks: []verify.Disk{{Path: "/etc", FreeBytes: 1 << 30, Writable: true}},
		},
		Own: verify.Own{LockHolder: verify.Seen("", "locks")},
	}
	f.Kubelet.DemandRelist = source.DefaultTo(true)
	f.Runtime.CRIDisabled = source.DefaultTo(false)
	for _, c := range change {
		c(&f)
	}
	return f
}

// containerd replaces the runtime by one without a switch.
func containerd(f *verify.Facts) {
	f.Runtime.Name = verify.Seen(known.Containerd, "CRI")
	f.Runtime.Version = verify.Seen(known.V(2, 1, 4), "CRI")
	f.Runtime.Unit.Value.Name = "containerd.service"
	f.Runtime.Files, f.Runtime.Inputs.Files = verify.Seen([]source.File{}, "test"), nil
	f.Runtime.Events = source.DefaultTo(true)
	f.Runtime.Endpoint.Value = "unix:///run/containerd/containerd.sock"
}

func offline(f *verify.Facts) {
	f.Offline = true
	f.Kubelet.Unit = verify.Unseen[verify.Unit]("offline", "")
	f.Runtime.Unit = verify.Unseen[verify.Unit]("offline", "")
}

func units(f verify.Facts) plan.Units {
	return plan.Units{
		Offline: f.Offline, Kubelet: "kubelet.service", Runtime: f.Runtime.Unit.Value.Name,
		Endpoint: f.Runtime.Endpoint.Value, HealthzPort: 10248,
	}
}

func options(change ...func(*plan.Options)) plan.Options {
	o := plan.Options{Wishes: plan.Wishes{Method: plan.MethodAuto, Proof: plan.Proof{Level: "connected", Settle: 6 * time.Second}}}
	for _, c := range change {
		c(&o)
	}
	return o
}

func lines(t *testing.T, p plan.Plan) string {
	t.Helper()
	return strings.Join(p.Lines(), "\n")
}
