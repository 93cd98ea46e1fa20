package simnode

import (
	"fmt"
	"path"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/simnode/kubeletsim"
	"github.com/plegctl/plegctl/cmd/internal/simnode/runtimesim"
)

// pauseImage is the image under pod sandboxes on the node.
const pauseImage = "registry.k8s.io/pause:3.10.2"

// noticeTime bounds how long a runtime that was stopped stays away for a kubelet's sake.
const noticeTime = time.Minute

func (n *Node) runtimeOptions() runtimesim.Options {
	return runtimesim.Options{
		Runtime: n.opts.Runtime, Version: n.opts.RuntimeVersion, KnowsKey: n.opts.KnowsKey, Root: n.rootDir, Socket: n.Socket(),
		PauseImage: pauseImage, Second: n.opts.Second,
	}
}

func (n *Node) launchRuntime(r run) (process, error) {
	if k, d := n.kubelet.Load(), n.daemon.Load(); k != nil && d != nil {
		// A real runtime is away for a second or so, and a kubelet that runs uses up its
		// five tries in it.
		select {
		case <-k.GaveUp:
		case <-k.Done():
		case <-time.After(noticeTime):
		}
	}
	d, err := runtimesim.Start(n.runtimeOptions(), n.store)
	if err != nil {
		r.say(fmt.Sprintf("time=%q level=fatal msg=%q", n.now().Format(time.RFC3339Nano), err.Error()))
		return nil, err
	}
	r.say(fmt.Sprintf("time=%q level=info msg=%q", n.now().Format(time.RFC3339Nano), path.Base(r.argv[0])+" successfully booted"))
	n.daemon.Store(d)
	return d, nil
}

func (n *Node) launchKubelet(r run) (process, error) {
	k := kubeletsim.Start(kubeletsim.Options{
		Version: n.opts.Kubelet, Root: n.rootDir, Args: r.argv[1:], PID: r.pid, Second: n.opts.Second, Now: n.now,
		Write: r.say, Pod: n.pod, AtRest: n.atRest, Identity: n.identity,
	})
	n.kubelet.Store(k)
	return k, nil
}

// workload is the pod that the kubelet has to run.
func (n *Node) workload() *kubeletsim.Pod {
	command := []string{"sleep", fmt.Sprint(n.opts.WorkloadLife)}
	switch n.opts.Workload {
	case WorkloadStatic:
		return &kubeletsim.Pod{Name: "busy-vm", Namespace: "default", UID: newHexID(), Command: command, Static: true}
	case WorkloadDaemonSet:
		labels := map[string]string{"controller-revision-hash": "6f5b4c", "pod-template-generation": "1", "app": "log-agent"}
		return &kubeletsim.Pod{Name: "log-agent-x7k2p", Namespace: "monitoring", UID: newHexID(), Command: command, Labels: labels}
	}
	return nil
}
