package cmd

import (
	"maps"
	"math/rand/v2"
)

const dpkgStatus = `Package: kubelet
Status: install ok installed
Version: 1.36.3-1.1

`

// plainTree is a node that is in order: a kubelet that reads one file, and one runtime.
func plainTree(runtime string) image {
	files := image{
		"usr/bin/kubelet":                        "\x7fELF",
		"usr/lib/systemd/system/kubelet.service": "[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml\n",
		"var/lib/kubelet/config.yaml":            kubeletHead + "featureGates:\n  GracefulNodeShutdown: true\n",
	}
	switch runtime {
	case "cri-o":
		files["var/lib/dpkg/status"] = dpkgStatus + "Package: cri-o\nStatus: install ok installed\nVersion: 1.34.1-1\n"
		files["usr/lib/systemd/system/crio.service"] = "[Service]\nExecStart=/usr/bin/crio\n"
		files["etc/crio/crio.conf"] = "[crio.runtime]\nlog_level = \"info\"\n"
	default:
		files["var/lib/dpkg/status"] = dpkgStatus + "Package: containerd.io\nStatus: install ok installed\nVersion: 2.1.4-1\n"
		files["usr/lib/systemd/system/containerd.service"] = "[Service]\nExecStart=/usr/bin/containerd\n"
		files["etc/containerd/config.toml"] = "version = 3\n"
	}
	return files
}

const kubeletHead = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"

// generatedTree is a node on which the unit, the kubelet's and the runtime's configuration are
// put together at random. One choice in two is the plain one, so that most trees get far.
func generatedTree(random *rand.Rand) image {
	runtime := []string{"cri-o", "containerd"}[random.IntN(2)]
	files := plainTree(runtime)
	choices := [][]image{unitChoices(), startChoices(), kubeletChoices(), moreChoices()}
	if runtime == "cri-o" {
		choices = append(choices, crioChoices())
	} else {
		choices = append(choices, containerdChoices())
	}
	for _, of := range choices {
		if random.IntN(2) == 0 {
			maps.Copy(files, of[random.IntN(len(of))])
		}
	}
	for name, text := range files {
		if text == gone {
			delete(files, name)
		}
	}
	return files
}

const gone = "(gone)"

// of makes one choice a text, all in the same place.
func of(name, before string, texts ...string) []image {
	var found []image
	for _, text := range texts {
		found = append(found, image{name: before + text})
	}
	return found
}

func unitChoices() []image {
	return append(of("usr/lib/systemd/system/kubelet.service", "[Service]\n",
		"ExecStart=/usr/bin/kubelet\n",
		"ExecStart=/usr/bin/env A=b /usr/bin/kubelet --config /var/lib/kubelet/config.yaml\n",
		"ExecStart=/bin/sh -c 'exec /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml'\n",
		"ExecStart=/bin/sh -c '. /etc/x; /usr/bin/kubelet $ARGS'\n",
		"ExecStart=/usr/local/bin/start-kubelet\n",
		"ExecStart=@/usr/bin/kubelet k --config=/var/lib/%p/config.yaml\n",
		"WorkingDirectory=/var/lib/kubelet\nExecStart=/usr/bin/kubelet --config=config.yaml\n",
		"Environment=ARGS=--config=/var/lib/kubelet/config.yaml\nExecStart=/usr/bin/kubelet $ARGS\n",
		"Environment=\"ARGS=--v=2 --config=/var/lib/kubelet/config.yaml\"\nExecStart=/usr/bin/kubelet ${ARGS}\n",
		"EnvironmentFile=-/etc/default/kubelet\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml $KUBELET_EXTRA_ARGS\n",
		"EnvironmentFile=/etc/default/missing\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml\n",
		"ExecStart=/usr/bin/kubelet --config=/a\nExecStart=/usr/bin/kubelet --config=/b\n",
		"Type=oneshot\nExecStart=/usr/bin/true\n",
		"ExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --no-such-flag\n",
		"ExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --config-dir=/etc/kubelet.d\n",
		"ExecStart=/usr/bin/podman run --rm -v /:/host quay.io/x/kubelet kubelet --config=/var/lib/kubelet/config.yaml\n",
	), image{"usr/lib/systemd/system/kubelet.service": gone},
		image{"etc/systemd/system/kubelet.service": "-> /dev/null"},
		image{"etc/systemd/system/kubelet.service": "-> /no/where"},
		image{"usr/bin/kubelet": gone})
}

func startChoices() []image {
	const dropIn = "etc/systemd/system/kubelet.service.d/10-x.conf"
	const reset = "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml "
	return append(of(dropIn, reset,
		"\n",
		"--feature-gates=EventedPLEG=true\n",
		"--feature-gates=EventedPLEG=false\n",
		"--feature-gates=EventedPLEG=false,EventedPLEG=true\n",
		"--feature-gates=EventedPLEG\n",
		"--feature-gates=NoSuchGate=true\n",
		"--feature-gates=AllAlpha=true\n",
		"--feature-gates=EventedPLEG=false --feature-gates A=true\n",
		"--pod-manifest-path=/etc/kubernetes/manifests\n",
		"--manifest-url=http://127.0.0.1/pods\n",
		"--container-runtime-endpoint=unix:///run/elsewhere.sock\n",
	), of("etc/default/kubelet", "KUBELET_EXTRA_ARGS=", "\n", "--feature-gates=EventedPLEG=true\n", "'--v=2\n")...)
}

func kubeletChoices() []image {
	return append(of("var/lib/kubelet/config.yaml", "", "", "}{", "kind: Other\n", "{\"kind\":\"KubeletConfiguration\",\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"featureGates\":{\"EventedPLEG\":false}}", gone),
		of("var/lib/kubelet/config.yaml", kubeletHead,
			"",
			"featureGates:\n  EventedPLEG: true\n",
			"featureGates:\n  EventedPLEG: false\n",
			"featureGates: {EventedPLEG: false, A: &a true}\n",
			"featureGates: {}\n",
			"featureGates:\n",
			"featureGates: null\nfeatureGates: {}\n",
			"featureGates:\n  EventedPLEG: \"true\"\n",
			"featureGates:\n- EventedPLEG: true\n",
			"featureGates: EventedPLEG=true\n",
			"featureGates:\n  EventedPleg: true\n",
			"featureGates:\n  ? EventedPLEG\n  : false\n",
			"x: &g\n  EventedPLEG: false\nfeatureGates: *g\n",
			"featureGates:\r\n  EventedPLEG: false\r\n",
			"featureGates:\n  # EventedPLEG: true\n  GracefulNodeShutdown: true",
			"staticPodPath: /etc/kubernetes/manifests\n",
			"staticPodURL: http://127.0.0.1/pods\n",
			"maxPods: many\n",
			"noSuchKey: 1\n",
			"---\n"+kubeletHead+"featureGates:\n  EventedPLEG: true\n",
		)...)
}

func crioChoices() []image {
	return append(of("etc/crio/crio.conf.d/10-x.conf", "",
		"[crio.runtime]\nenable_pod_events = true\n",
		"[crio.runtime]\nenable_pod_events = false\n",
		"[crio.runtime]\n# enable_pod_events = false\n",
		"[crio]\nruntime.enable_pod_events = false\n",
		"[crio.api]\nenable_pod_events = true\n",
		"[crio]\nruntime = {enable_pod_events = false}\n",
		"[crio.runtime]\nenable_pod_events = \"true\"\n",
		"[crio.runtime]\npids_limit = \"many\"\n",
		"[crio.runtime\n",
		"",
	), image{"usr/lib/systemd/system/crio.service": "[Service]\nExecStart=/usr/bin/crio --enable-pod-events=false\n"},
		image{"usr/lib/systemd/system/crio.service": "[Service]\nExecStart=/usr/bin/crio --config /etc/other.conf\n"},
		image{"usr/lib/systemd/system/crio.service": gone},
		image{"etc/crio/crio.conf.d/00-default": "[crio.runtime]\nenable_pod_events = false\n", "etc/crio/crio.conf": gone},
		image{"var/lib/dpkg/status": gone},
		image{"var/lib/dpkg/status": dpkgStatus + "Package: cri-o\nStatus: install ok installed\nVersion: 1.25.1-1\n"})
}

func containerdChoices() []image {
	return append(of("etc/containerd/config.toml", "",
		"",
		"version = 2\n[plugins.'io.containerd.grpc.v1.cri']\nsandbox_image = 'x'\n",
		"version = 2\ndisabled_plugins = ['cri']\n",
		"version = 3\nimports = ['/etc/containerd/conf.d/*.toml']\n",
		"version = 3\nimports = ['/etc/containerd/missing.toml']\n",
		"version = 3\n[plugins.'io.containerd.cri.v1.runtime']\nenable_pod_events = true\n",
		"version = 9\n",
		"version = 3\noom_score = 'x'\n",
		"{{ template \"base\" . }}\n",
	), image{"usr/lib/systemd/system/containerd.service": "[Service]\nExecStart=/usr/bin/containerd --config /etc/other.toml\n"},
		image{"usr/lib/systemd/system/containerd.service": gone},
		image{"var/lib/dpkg/status": gone},
		image{"var/lib/dpkg/status": dpkgStatus + "Package: containerd.io\nStatus: install ok installed\nVersion: 2.0.1-1\n"},
		image{"var/lib/dpkg/status": dpkgStatus + "Package: containerd.io\nStatus: install ok installed\nVersion: 1.6.39-1\n"})
}

func moreChoices() []image {
	return []image{
		{"etc/kubernetes/manifests/etcd.yaml": "apiVersion: v1\nkind: Pod\n"},
		{"etc/kubelet.d/10.conf": kubeletHead + "featureGates:\n  EventedPLEG: false\n"},
		{"etc/kubelet.d/10.conf": "featureGates:\n  EventedPLEG: true\n"},
		{"etc/rancher/k3s/config.yaml": "kubelet-arg:\n- feature-gates=EventedPLEG=true\n", "etc/systemd/system/k3s.service": "[Service]\nExecStart=/usr/local/bin/k3s server\n"},
		{"usr/lib/systemd/system/docker.service": "[Service]\nExecStart=/usr/bin/dockerd\n", "usr/lib/systemd/system/cri-docker.service": "[Service]\nExecStart=/usr/bin/cri-dockerd\n"},
		{"usr/lib/systemd/system/crio.service": "[Service]\nExecStart=/usr/bin/crio\n", "usr/lib/systemd/system/containerd.service": "[Service]\nExecStart=/usr/bin/containerd\n"},
		{"var/lib/kubelet/kubeadm-flags.env": "KUBELET_KUBEADM_ARGS=\"--feature-gates=EventedPLEG=false\"\n"},
		{"etc/os-release": "ID=\"bottlerocket\"\n"},
		{"etc/kubernetes/kubelet.conf": gone, "usr/bin/kubeadm": "\x7fELF"},
	}
}
