package simnode

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/simnode/kubeletsim"
	"github.com/plegctl/plegctl/cmd/internal/simnode/runtimesim"
	"github.com/plegctl/plegctl/verify/known"
)

// downtime is the shortest time, in real time, that a restart of the runtime takes.
const downtime = 60 * time.Millisecond

// runtimeProcess is the runtime's daemon as its unit sees it.
type runtimeProcess struct{ *runtimesim.Daemon }

func (p runtimeProcess) ExitCode() int {
	if p.Err() != nil {
		return 2
	}
	return 0
}

func (n *Node) launchRuntime(argv, env []string, pid int, run runOf) (process, error) {
	n.mu.Lock()
	f, k := n.faults, n.kproc
	n.mu.Unlock()
	if f.runtimeDead {
		return nil, errors.New("simulated fault: the runtime does not start")
	}
	if f.runtimeStarted {
		// A real one is away for a moment, and a kubelet that runs uses up its five tries
		// in it. On a loaded machine that moment is made long enough.
		time.Sleep(max(n.opts.Second*3/10, downtime))
		for begin := time.Now(); k != nil && k.Watching() && time.Since(begin) < 2*time.Second; {
			time.Sleep(downtime / 10)
		}
	}
	d, err := runtimesim.Start(runtimesim.Options{
		Name: known.RuntimeName(n.opts.Runtime), Version: n.runtime, Root: n.rootDir, Socket: n.Socket(),
		Args: rest(argv), Env: env, PauseImage: PauseImage, Second: n.opts.Second,
		CrashOnLeave: f.crashOnLeave, PanicOnStop: f.panicOnStop,
	}, n.store)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults.runtimeError, n.faults.runtimeStarted = err, true
	if err != nil {
		return nil, err
	}
	if f.socketHangs {
		d.Hang()
	}
	n.daemon = d
	n.logRuntime(pid, run)
	return runtimeProcess{d}, nil
}

func (n *Node) logRuntime(pid int, run runOf) {
	message := `time="` + time.Now().Format(time.RFC3339Nano) + `" level=info msg="Starting seccomp notifier watcher"`
	if n.RuntimeUnit() == containerdUnit {
		message = `time="` + time.Now().Format(time.RFC3339Nano) + `" level=info msg="containerd successfully booted in 0.031415s"`
	}
	n.journal.append(entry{unit: run.unit, invocation: run.invocation, identifier: run.identifier, transport: "stdout", pid: pid, priority: 6, message: message})
}

func rest(argv []string) []string {
	if len(argv) == 0 {
		return nil
	}
	return argv[1:]
}

func (n *Node) launchKubelet(argv, env []string, pid int, run runOf) (process, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	sick := &atomic.Bool{}
	n.faults.sick = sick
	sick.Store(n.faults.healthzBad)
	k := kubeletsim.Start(kubeletsim.Options{
		Version: n.kubelet, Root: n.rootDir, Args: rest(argv), Env: env, PID: pid, Second: n.opts.Second, Now: time.Now,
		Pods: n.pods, Identity: n.identity, Sick: sick.Load,
		Write: func(line string) {
			n.journal.append(entry{unit: run.unit, invocation: run.invocation, identifier: run.identifier, transport: "stdout", pid: pid, priority: 6, message: line})
		},
	})
	if n.faults.kubeletCrashes {
		go func() {
			time.Sleep(n.opts.Second / 2)
			k.Kill(255)
		}()
	}
	n.kproc = k
	return k, nil
}

func (n *Node) runtimeError() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.faults.runtimeError
}

// workload is the pod that the kubelet has to run.
func (n *Node) workload() []kubeletsim.Pod {
	if n.opts.Workload == WorkloadNone {
		return nil
	}
	pod := kubeletsim.Pod{
		Name: "busy-vm", Namespace: "default", UID: newHexID(), Static: n.opts.Workload == WorkloadStatic,
		Containers: []kubeletsim.Container{{Name: "c", Command: []string{"sleep", formatSeconds(n.opts.WorkloadLife)}}},
	}
	if !pod.Static {
		pod.Name, pod.Namespace = "log-agent-x7k2p", "monitoring"
		pod.Labels = map[string]string{"controller-revision-hash": "6f5b4c", "pod-template-generation": "1", "app": "log-agent"}
	}
	for i := range n.opts.InitContainers {
		pod.Init = append(pod.Init, kubeletsim.Container{Name: "init" + string(rune('1'+i)), Command: []string{"sleep", "0.5"}})
	}
	return []kubeletsim.Pod{pod}
}

// Ready waits until the kubelet answers on its healthz port.
func (n *Node) Ready(ctx context.Context) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
	for {
		resp, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/healthz", n.ports.healthz))
		if err == nil {
			_ = resp.Body.Close()
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the simulated kubelet: %w: %w", context.Cause(ctx), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// work makes up what a program has cost so far: a share for its start and one for each
// relist, which asks the runtime too.
func (n *Node) work(program string) time.Duration {
	n.mu.Lock()
	k := n.kproc
	n.mu.Unlock()
	relists := 0
	if k != nil {
		relists = k.Relists()
	}
	if program == "kubelet" {
		return 180*time.Millisecond + time.Duration(relists)*3*time.Millisecond
	}
	return 90*time.Millisecond + time.Duration(relists)*2*time.Millisecond
}
