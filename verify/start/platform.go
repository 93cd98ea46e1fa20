package start

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// platform is how a distribution gives a daemon its arguments without writing
// them into the unit.
type platform struct {
	name string
	// units start the daemon, for the programs that are listed.
	units, programs []string
	// program and subcommands are what the unit runs: "k3s server", "snap run microk8s.…".
	program     string
	subcommands []string
	// resolve fills in the command. %s in file is the daemon's program.
	resolve func(p *peeler, row platform, words []word)
	file    string
	// dataDir is where the platform keeps its own files.
	dataDir string
}

// platforms is the table of what is known (k3s v1.21 to v1.36 pkg/configfilearg and
// pkg/daemons/agent; MicroK8s 1.30 microk8s-resources; the snaps of Canonical Kubernetes).
func platforms() []platform {
	rancher := func(name string, units ...string) platform {
		return platform{
			name: name, units: units, programs: []string{"kubelet", "containerd"}, program: name, subcommands: []string{"server", "agent"},
			resolve: resolveRancher, file: "/etc/rancher/" + name + "/config.yaml", dataDir: "/var/lib/rancher/" + name,
		}
	}
	snap := func(app, file string, programs ...string) platform {
		name, _, _ := strings.Cut(app, ".")
		return platform{
			name: "the snap " + name, units: []string{"snap." + app + ".service"}, programs: programs, program: "snap",
			subcommands: []string{app}, resolve: resolveSnap, file: file, dataDir: name,
		}
	}
	return []platform{
		rancher("k3s", "k3s.service", "k3s-agent.service"),
		rancher("rke2", "rke2-server.service", "rke2-agent.service"),
		snap("microk8s.daemon-kubelite", "/var/snap/microk8s/current/args/%s", "kubelet"),
		snap("microk8s.daemon-kubelet", "/var/snap/microk8s/current/args/%s", "kubelet"),
		snap("microk8s.daemon-containerd", "/var/snap/microk8s/current/args/%s", "containerd"),
		snap("k8s.kubelet", "/var/snap/k8s/common/args/%s", "kubelet"),
		snap("k8s.containerd", "/var/snap/k8s/common/args/%s", "containerd"),
		snap("kubelet.daemon", "/var/snap/kubelet/current/args", "kubelet"),
		snap("kubelet-eks.daemon", "/var/snap/kubelet-eks/current/args", "kubelet"),
		{
			name: "k0s", units: []string{"k0sworker.service", "k0scontroller.service"}, programs: []string{"kubelet", "containerd"},
			program: "k0s", subcommands: []string{"worker", "controller"}, resolve: resolveK0s,
		},
	}
}

// platformUnits lists the units that may start a daemon in place of its own.
func platformUnits(program string) []string {
	var units []string
	for _, row := range platforms() {
		if slices.Contains(row.programs, program) {
			units = append(units, row.units...)
		}
	}
	return units
}

// multicall returns the platform whose program a command starts.
func multicall(name string, words []word) (platform, bool) {
	for _, row := range platforms() {
		if row.program != name {
			continue
		}
		for _, w := range words[1:] {
			if slices.Contains(row.subcommands, w.String()) {
				return row, true
			}
		}
	}
	return platform{}, false
}

// writtenAtBoot returns who writes a file when a node boots or joins; an image does not have
// it yet. It is empty for any other file.
func writtenAtBoot(name string) string {
	switch name {
	case "/etc/eks/kubelet/environment":
		return "nodeadm (EKS)"
	case "/var/lib/kubelet/kubeadm-flags.env":
		return "kubeadm join"
	case "/etc/network/proxy.env", "/etc/kubernetes/kubelet/env":
		return "Bottlerocket"
	case "/etc/node-sizing.env":
		return "OpenShift"
	case "/etc/default/kubelet", "/etc/sysconfig/kubelet", "/etc/kubernetes/kubelet.env", "/etc/kubernetes/nodeip.conf":
		return "the provisioning of the node (AKS, GKE, kops, KubeOne)"
	}
	if strings.HasPrefix(name, "/run/") || strings.HasPrefix(name, "/var/run/") {
		return "the running node"
	}
	return ""
}

// unitWriter returns who writes the unit itself when a node boots; empty where nobody is
// known to.
func unitWriter(files files) string {
	for _, row := range [][2]string{
		{"/home/kubernetes/kube-env", "configure-helper.sh (GKE), from /home/kubernetes/kube-env"},
		{"/usr/bin/nodeadm", "nodeadm (EKS)"},
		{"/etc/containers/systemd/kubelet.container", "podman's generator, from /etc/containers/systemd/kubelet.container"},
	} {
		if files.exists(row[0]) {
			return row[1]
		}
	}
	return ""
}

// resolveSnap reads the argument file of a snap: words as a shell reads them, with the
// variables that snapd sets.
func resolveSnap(p *peeler, row platform, words []word) {
	file := row.file
	if strings.Contains(file, "%s") {
		file = fmt.Sprintf(file, p.programs[0])
	}
	current := "/var/snap/" + row.dataDir + "/current"
	for _, v := range [][2]string{
		{"SNAP", "/snap/" + row.dataDir + "/current"}, {"SNAP_DATA", current}, {"SNAP_COMMON", "/var/snap/" + row.dataDir + "/common"},
	} {
		p.env.set(variable{v[0], constant(v[1], words[0]), words[0].position(source.Environment)})
	}
	p.cmd.Directory = current
	p.argumentFile(file, words[0], row.name)
}

// constant is text that stands nowhere, but is due to a word.
func constant(value string, due word) text {
	t := text{from: due.from, at: due.at[:min(1, len(due.at))]}
	at := 0
	if len(due.at) > 0 {
		at = due.at[0]
	}
	t.at = nil
	t.join(value, at)
	return t
}

// resolveK0s: k0s makes the kubelet's arguments itself; only those that it was given are
// known.
func resolveK0s(p *peeler, row platform, words []word) {
	args := []word{{text: constant(p.programs[0], words[0])}}
	for i, w := range words {
		value, ok := strings.CutPrefix(w.String(), "--"+p.programs[0]+"-extra-args=")
		var rest text
		switch {
		case ok:
			rest = w.cut(len(w.bytes)-len(value), len(w.bytes))
		case w.String() == "--"+p.programs[0]+"-extra-args" && i+1 < len(words):
			rest = words[i+1].text
		default:
			continue
		}
		extra, _ := splitWords(rest, valueWords)
		for _, t := range extra {
			args = append(args, word{text: t, via: w.via})
		}
	}
	p.program(args)
	p.limit(words[0], fmt.Sprintf("%s starts k0s, which makes the arguments for %s itself", p.what, p.programs[0]))
}
