package node

import (
	"fmt"
	"strings"
)

// Pod is a pod that the kubelet runs without an API server. Its only container runs a line of busybox shell on the
// host's network, so no CNI plugin is needed.
type Pod struct {
	Name string
	Line string // default: sleeps for ever
}

// Trickle is a pod whose container ends every few seconds, so that container
// events flow as long as the node runs.
func Trickle(every int) Pod {
	return Pod{Name: "trickle", Line: fmt.Sprintf("sleep %d", every)}
}

// Steady is a pod that never does anything: if a change restarts it, its
// container ID differs.
func Steady(name string) Pod {
	return Pod{Name: name, Line: "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"}
}

func (p Pod) manifest() string {
	return strings.NewReplacer("NAME", p.Name, "LINE", p.Line).Replace(`apiVersion: v1
kind: Pod
metadata:
  name: NAME
  namespace: default
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: plegctl.invalid/busybox:1
    imagePullPolicy: Never
    command: ["/bin/sh", "-c", "LINE"]
`)
}

// podFiles are the pods' manifests: one file each in the static pod directory, or
// one list that the node serves to its kubelet.
func (s Spec) podFiles() map[string]file {
	files := map[string]file{}
	list := "apiVersion: v1\nkind: PodList\nitems:\n"
	for _, p := range s.Pods {
		if s.PodsDir {
			files[manifests+"/"+p.Name+".yaml"] = file{p.manifest(), 0o600}
			continue
		}
		list += "- " + strings.ReplaceAll(strings.TrimRight(p.manifest(), "\n"), "\n", "\n  ") + "\n"
	}
	files["/usr/share/lab/pods/list.yaml"] = file{list, 0o644}
	return files
}

const (
	manifests = "/etc/kubernetes/manifests"
	podsURL   = "http://127.0.0.1:8099/list.yaml"
)

const podsUnit = `[Unit]
Description=Serve the list of the node's pods to its kubelet
Before=kubelet.service

[Service]
ExecStart=/bin/busybox httpd -f -p 127.0.0.1:8099 -h /usr/share/lab/pods
`
