package platform

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
)

// seen is evidence of a node that has these paths and nothing else; "path: text" gives the
// beginning of a file.
func seen(kubelet string, paths ...string) Evidence {
	e := Evidence{Looks: map[string]Look{}, Kubelet: strings.Fields(kubelet)}
	for _, p := range Probes() {
		e.Looks[p.Path] = Look{}
	}
	for _, p := range paths {
		path, text, _ := strings.Cut(p, ": ")
		e.Looks[path] = Look{Exists: true, Head: []byte(text)}
	}
	return e
}

func TestRecognise(t *testing.T) {
	kubeadmNode := []string{"/var/lib/kubelet/kubeadm-flags.env", "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf"}
	for _, test := range []struct {
		name    string
		want    Name
		kubelet string
		paths   []string
	}{
		{"nothing", Plain, "/usr/bin/kubelet --config=/etc/kubelet.yaml", []string{"/etc/os-release: ID=debian\n"}},
		{"kubeadm", Kubeadm, "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml", kubeadmNode},
		{"kind uses kubeadm", Kind, "", append(kubeadmNode, "/kind/version")},
		{"minikube uses kubeadm", Minikube, "", append(kubeadmNode, "/var/lib/minikube")},
		{"minikube by its kubelet", Minikube, "/var/lib/minikube/binaries/v1.36.3/kubelet", kubeadmNode},
		{"kubespray uses kubeadm", Kubespray, "", append(kubeadmNode, "/etc/kubernetes/kubelet.env", "/etc/kubernetes/kubelet-config.yaml")},
		{"half of kubespray", Kubeadm, "", append(kubeadmNode, "/etc/kubernetes/kubelet.env")},
		{"OpenShift by its daemon", OpenShift, "", []string{"/etc/machine-config-daemon"}},
		{"OpenShift by its system", OpenShift, "", []string{"/etc/os-release: NAME=\"Red Hat\"\nID=\"rhcos\"\n"}},
		{"Talos", Talos, "", []string{"/usr/lib/os-release: ID=talos\n"}},
		{"Bottlerocket", Bottlerocket, "", []string{"/etc/os-release: VARIANT_ID=aws-k8s-1.31\nID=bottlerocket\n"}},
		{"EKS", EKS, "/usr/bin/kubelet --config=/etc/kubernetes/kubelet/config.json", nil},
		{"EKS by its unit", EKS, "", []string{"/etc/systemd/system/nodeadm-config.service"}},
		{"AKS", AKS, "", []string{"/etc/kubernetes/azure.json"}},
		{"AKS without that file", AKS, "", []string{"/etc/default/kubeletconfig.json", "/etc/systemd/system/kubelet.service.d/10-componentconfig.conf"}},
		{"GKE", GKE, "", []string{"/home/kubernetes/kubelet-config.yaml"}},
		{"COS alone is no GKE", Plain, "", []string{"/etc/os-release: ID=cos\n"}},
		{"k0s", K0s, "", []string{"/etc/k0s/containerd.toml: # k0s_managed=true\nversion = 2\n"}},
		{"K3s", K3s, "", []string{"/etc/rancher/k3s"}},
		{"RKE2", RKE2, "", []string{"/etc/rancher/rke2"}},
		{"MicroK8s", MicroK8s, "", []string{"/var/snap/microk8s"}},
		{"kOps", Kops, "", []string{"/lib/systemd/system/kops-configuration.service"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, reasons := Recognise(seen(test.kubelet, test.paths...))
			if got.Name != test.want || (len(reasons) == 0) != (test.want == Plain) {
				t.Errorf("%s by %q, want %s", got.Name, reasons, test.want)
			}
		})
	}
}

// TestEveryRowIsWhole: a row without marks, sources or a lasting place helps nobody.
func TestEveryRowIsWhole(t *testing.T) {
	names := map[Name]bool{}
	for _, p := range Table() {
		if names[p.Name] {
			t.Errorf("%s is there twice", p.Name)
		}
		names[p.Name] = true
		if p.Title == "" || len(p.marks) == 0 || len(p.Sources) == 0 || p.Kubelet.Overwritten == "" {
			t.Errorf("%s: %+v", p.Name, p)
		}
		for _, side := range []Side{p.Kubelet, p.CRIO, p.Containerd} {
			if (side.Overwritten == "") != (side.Lasting == "") || (side.Overwritten == "") != (side.Edit == Fine) {
				t.Errorf("%s: not all of what, what overwrites it and what lasts: %+v", p.Name, side)
			}
			if side.Own > side.Edit {
				t.Errorf("%s: a file of our own is worse than an edit: %+v", p.Name, side)
			}
		}
		if got := Named(p.Name); got.Title != p.Title {
			t.Errorf("Named(%s) is %s", p.Name, got.Name)
		}
	}
	if len(names) != 15 || Named("nixos").Name != Plain {
		t.Errorf("%d platforms, %s", len(names), Named("nixos").Name)
	}
}

// TestAdviceOnTheHardOnes holds the verdicts that keep an operator from losing a node.
func TestAdviceOnTheHardOnes(t *testing.T) {
	for name, want := range map[Name]Advice{OpenShift: Refuse, EKS: Refuse, GKE: Refuse, Talos: Refuse, K3s: Refuse, Minikube: Refuse, Kubeadm: Warn, Kind: Warn, AKS: Warn} {
		if got := Named(name).Kubelet.Edit; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if own := Named(K3s).Kubelet.Own; own != Fine {
		t.Errorf("K3s keeps drop-ins of others, we say %s", own)
	}
	if side := Named(OpenShift).Runtime(known.CRIO); side.Edit != Refuse || side.Own != Warn {
		t.Errorf("OpenShift's CRI-O: %+v", side)
	}
	if Worst(Warn, Refuse) != Refuse || Worst(Fine, Fine) != Fine {
		t.Error("Worst")
	}
}

func TestProbesAreAskedOnce(t *testing.T) {
	probes := Probes()
	for i, p := range probes {
		if !strings.HasPrefix(p.Path, "/") || i > 0 && probes[i-1].Path >= p.Path {
			t.Errorf("%d: %+v", i, p)
		}
	}
	if i := slices.IndexFunc(probes, func(p Probe) bool { return p.Path == "/etc/os-release" }); i < 0 || probes[i].Head == 0 {
		t.Error("os-release is not read")
	}
}

func TestBlind(t *testing.T) {
	e := seen("")
	if got := Blind(e); len(got) != 0 {
		t.Errorf("all was looked at: %q", got)
	}
	e.Looks["/etc/rancher/k3s"] = Look{Err: errors.New("permission denied")}
	delete(e.Looks, "/kind/version")
	if got := Blind(e); len(got) != 2 || !strings.Contains(strings.Join(got, " "), "permission denied") {
		t.Errorf("%q", got)
	}
	if p, _ := Recognise(Evidence{}); p.Name != Plain {
		t.Errorf("no evidence at all: %s", p.Name)
	}
}

func TestGenerated(t *testing.T) {
	for text, want := range map[string]string{
		"# File generated by k3s. DO NOT EDIT. Use config.toml.tmpl instead.\nversion = 3\n": "# File generated by k3s. DO NOT EDIT. Use config.toml.tmpl instead.",
		"# k0s_managed=true\n# x\n":                             "# k0s_managed=true",
		"\n---\n# Ansible managed: do not edit\nkind: x\n":      "# Ansible managed: do not edit",
		"// Code generated by x; DO NOT EDIT.":                  "// Code generated by x; DO NOT EDIT.",
		"kind: KubeletConfiguration\n# generated by a person\n": "",
		"# my notes\n\nversion = 2\n":                           "",
		"":                                                      "",
	} {
		line, found := Generated([]byte(text))
		if line != want || found != (want != "") {
			t.Errorf("%q: %q, %t", text, line, found)
		}
	}
}

func FuzzRecognise(f *testing.F) {
	f.Add([]byte("ID=\"rhcos\"\n"), "/etc/os-release")
	f.Add([]byte("# k0s_managed=true\n"), "/etc/k0s/containerd.toml")
	f.Fuzz(func(t *testing.T, head []byte, path string) {
		Generated(head)
		if p, reasons := Recognise(Evidence{Looks: map[string]Look{path: {Exists: true, Head: head}}}); (p.Name == Plain) != (len(reasons) == 0) {
			t.Fatalf("%s by %q", p.Name, reasons)
		}
	})
}
