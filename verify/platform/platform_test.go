package platform

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// nodeWith is a node that has these paths and nothing else; "path: text" gives a file's text.
func nodeWith(paths ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, p := range paths {
		path, text, _ := strings.Cut(p, ": ")
		fsys[source.InFS(path)] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func row(name string) Platform {
	for _, p := range Table() {
		if p.Name == name {
			return p
		}
	}
	return Platform{}
}

func TestRecognise(t *testing.T) {
	kubeadmNode := []string{"/var/lib/kubelet/kubeadm-flags.env", "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf"}
	for _, test := range []struct {
		name    string
		want    string
		kubelet string
		paths   []string
	}{
		{"nothing", "", "/usr/bin/kubelet --config=/etc/kubelet.yaml", []string{"/etc/os-release: ID=debian\n"}},
		{"kubeadm", Kubeadm, "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml", kubeadmNode},
		{"kind uses kubeadm", "kind", "", append(kubeadmNode, "/kind/version")},
		{"minikube uses kubeadm", "minikube", "", append(kubeadmNode, "/var/lib/minikube")},
		{"minikube by its kubelet", "minikube", "/var/lib/minikube/binaries/v1.36.3/kubelet", kubeadmNode},
		{"kubespray uses kubeadm", "Kubespray", "", append(kubeadmNode, "/etc/kubernetes/kubelet.env", "/etc/kubernetes/kubelet-config.yaml")},
		{"half of kubespray", Kubeadm, "", append(kubeadmNode, "/etc/kubernetes/kubelet.env")},
		{"OpenShift by its daemon", "OpenShift", "", []string{"/etc/machine-config-daemon"}},
		{"OpenShift by its system", "OpenShift", "", []string{"/etc/os-release: NAME=\"Red Hat\"\nID=\"rhcos\"\n"}},
		{"Talos", "Talos Linux", "", []string{"/usr/lib/os-release: ID=talos\n"}},
		{"Bottlerocket", "Bottlerocket", "", []string{"/etc/os-release: VARIANT_ID=aws-k8s-1.31\nID=bottlerocket\n"}},
		{"EKS", "Amazon EKS (Amazon Linux)", "/usr/bin/kubelet --config=/etc/kubernetes/kubelet/config.json", nil},
		{"EKS by its unit", "Amazon EKS (Amazon Linux)", "", []string{"/etc/systemd/system/nodeadm-config.service"}},
		{"AKS", "Azure AKS", "", []string{"/etc/kubernetes/azure.json"}},
		{"AKS without that file", "Azure AKS", "", []string{"/etc/default/kubeletconfig.json", "/etc/systemd/system/kubelet.service.d/10-componentconfig.conf"}},
		{"GKE", "Google GKE", "", []string{"/home/kubernetes/kubelet-config.yaml"}},
		{"COS alone is no GKE", "", "", []string{"/etc/os-release: ID=cos\n"}},
		{"k0s", "k0s", "", []string{"/etc/k0s/containerd.toml"}},
		{"K3s", "K3s", "", []string{"/etc/rancher/k3s"}},
		{"RKE2", "RKE2", "", []string{"/etc/rancher/rke2"}},
		{"MicroK8s", "MicroK8s", "", []string{"/var/snap/microk8s"}},
		{"kOps", "kOps", "", []string{"/lib/systemd/system/kops-configuration.service"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, reasons, err := Recognise(nodeWith(test.paths...), strings.Fields(test.kubelet))
			if err != nil || len(reasons) > 0 && got.Name != test.want || (len(reasons) == 0) != (test.want == "") {
				t.Errorf("%s by %q, want %s (%v)", got.Name, reasons, test.want, err)
			}
		})
	}
}

// TestEveryRowIsWhole: a row without marks or a lasting place helps nobody.
func TestEveryRowIsWhole(t *testing.T) {
	names := map[string]bool{}
	for _, p := range Table() {
		if names[p.Name] || p.Name == "" || len(p.marks) == 0 || p.Kubelet.Overwritten == "" {
			t.Errorf("%s: %+v", p.Name, p)
		}
		names[p.Name] = true
		for _, mark := range p.marks {
			for part := range strings.SplitSeq(mark, " and ") {
				if !strings.HasPrefix(part, "/") && !strings.HasPrefix(part, "ID=") && !strings.HasPrefix(part, "argument ") {
					t.Errorf("%s: %q is not a mark", p.Name, part)
				}
			}
		}
		for _, side := range []Side{p.Kubelet, p.CRIO, p.Containerd} {
			if (side.Overwritten == "") != (side.Lasting == "") || (side.Overwritten == "") != (side.Edit == Fine) {
				t.Errorf("%s: not all of what, what overwrites it and what lasts: %+v", p.Name, side)
			}
			if side.Own > side.Edit {
				t.Errorf("%s: a file of our own is worse than an edit: %+v", p.Name, side)
			}
		}
	}
	if len(names) != 15 || !names[Kubeadm] {
		t.Errorf("%d platforms", len(names))
	}
}

// TestAdviceOnTheHardOnes holds the verdicts that keep an operator from losing a node.
func TestAdviceOnTheHardOnes(t *testing.T) {
	for name, want := range map[string]Advice{
		"OpenShift": Refuse, "Amazon EKS (Amazon Linux)": Refuse, "Google GKE": Refuse, "Talos Linux": Refuse, "K3s": Refuse, "minikube": Refuse,
		"kubeadm": Warn, "kind": Warn, "Azure AKS": Warn,
	} {
		if got := row(name).Kubelet.Edit; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if own := row("K3s").Kubelet.Own; own != Fine {
		t.Errorf("K3s keeps drop-ins of others, we say %v", own)
	}
	if side := row("OpenShift").Runtime(known.CRIO); side.Edit != Refuse || side.Own != Warn {
		t.Errorf("OpenShift's CRI-O: %+v", side)
	}
}

// denied may not look at one path.
type denied struct {
	fstest.MapFS
	path string
}

func (d denied) Stat(name string) (fs.FileInfo, error) {
	if name == d.path {
		return nil, fs.ErrPermission
	}
	return d.MapFS.Stat(name)
}

// TestBlind: that nothing was recognised is no finding where not all could be looked at.
func TestBlind(t *testing.T) {
	for _, path := range []string{"etc/rancher/k3s", "usr/lib/os-release"} {
		if _, reasons, err := Recognise(denied{nodeWith(), path}, nil); !errors.Is(err, fs.ErrPermission) || len(reasons) > 0 {
			t.Errorf("%s: %v, %q", path, err, reasons)
		}
	}
	if p, _, err := Recognise(denied{nodeWith("/etc/k0s"), "etc/rancher/k3s"}, nil); p.Name != "k0s" || err != nil {
		t.Errorf("k0s is %s (%v)", p.Name, err)
	}
}
