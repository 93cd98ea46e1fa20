package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/verify/report"
)

// podLab is a simulated node with one pod, where something happens after each of the next
// starts of the kubelet.
type podLab struct {
	t       *testing.T
	sim     *simnode.Node
	runtime runtimeapi.RuntimeServiceClient
	mu      sync.Mutex
	after   []func(*podLab)
}

func newPodLab(t *testing.T) *podLab {
	t.Helper()
	l := &podLab{t: t, sim: simNode(t, simnode.Options{Workload: simnode.WorkloadDaemonSet, WorkloadLife: 1e6})}
	conn, err := grpc.NewClient("unix://"+filepath.Join(l.sim.Dir(), l.sim.Socket()), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	l.runtime = runtimeapi.NewRuntimeServiceClient(conn)
	for running := ""; running == ""; time.Sleep(time.Millisecond) {
		_, c := l.pod()
		running = c.GetId()
	}
	return l
}

// pod is the pod's sandbox and its running container, nil where there is none yet.
func (l *podLab) pod() (*runtimeapi.PodSandbox, *runtimeapi.Container) {
	s, err := l.runtime.ListPodSandbox(l.t.Context(), &runtimeapi.ListPodSandboxRequest{})
	if err != nil || len(s.GetItems()) == 0 {
		return nil, nil
	}
	c, err := l.runtime.ListContainers(l.t.Context(), &runtimeapi.ListContainersRequest{})
	if err != nil || len(c.GetContainers()) == 0 || c.GetContainers()[0].GetState() != runtimeapi.ContainerState_CONTAINER_RUNNING {
		return nil, nil
	}
	return s.GetItems()[0], c.GetContainers()[0]
}

// run runs plegctl and returns what became of the pods.
func (l *podLab) run(want ExitCode, args ...string) (pods report.Pods, text string) {
	l.t.Helper()
	out, text := l.main(want, args...)
	var answer struct{ Pods *report.Pods }
	if err := json.Unmarshal(out, &answer); err != nil || answer.Pods == nil {
		l.t.Fatalf("%v\n%s%s", err, out, text)
	}
	return *answer.Pods, text
}

func (l *podLab) main(want ExitCode, args ...string) (out []byte, text string) {
	l.t.Helper()
	host := l.sim.Host()
	host.Units = &faultyStart{host.Units, l}
	var o, e bytes.Buffer
	if code := Main(l.t.Context(), append(args, "-o", "json"), testDeps(host, &o, &e, func(string) string { return "" })); code != want {
		l.t.Fatalf("exit %d, want %d\n%s%s", code, want, &o, &e)
	}
	return o.Bytes(), e.String()
}

type faultyStart struct {
	node.Units
	lab *podLab
}

func (u *faultyStart) Do(ctx context.Context, verb systemd.Verb, name string) (systemd.Unit, error) {
	unit, err := u.Units.Do(ctx, verb, name)
	u.lab.mu.Lock()
	defer u.lab.mu.Unlock()
	if verb == systemd.Start && name == simnode.KubeletUnit && len(u.lab.after) > 0 {
		u.lab.after[0](u.lab)
		u.lab.after = u.lab.after[1:]
	}
	return unit, err
}

// startTwice starts the pod a second time, under the same UID; reconcile is what a kubelet
// does at its next start.
func startTwice(l *podLab) {
	pod, _ := l.pod()
	l.check(l.runtime.RunPodSandbox(context.Background(), &runtimeapi.RunPodSandboxRequest{Config: &runtimeapi.PodSandboxConfig{
		Metadata: &runtimeapi.PodSandboxMetadata{Name: pod.GetMetadata().GetName(), Namespace: pod.GetMetadata().GetNamespace(), Uid: pod.GetMetadata().GetUid(), Attempt: 1},
		Labels:   pod.GetLabels(),
	}}))
}

func reconcile(l *podLab) {
	s, err := l.runtime.ListPodSandbox(context.Background(), &runtimeapi.ListPodSandboxRequest{})
	l.check(s, err)
	for _, one := range s.GetItems() {
		if one.GetMetadata().GetAttempt() == 1 {
			l.check(l.runtime.StopPodSandbox(context.Background(), &runtimeapi.StopPodSandboxRequest{PodSandboxId: one.GetId()}))
		}
	}
}

// killContainer ends the pod's container, as a kubelet does that finds it changed.
func killContainer(l *podLab) {
	_, c := l.pod()
	l.check(l.runtime.StopContainer(context.Background(), &runtimeapi.StopContainerRequest{ContainerId: c.GetId()}))
	for range 1000 { // the kubelet starts it again
		time.Sleep(5 * time.Millisecond)
		all, err := l.runtime.ListContainers(context.Background(), &runtimeapi.ListContainersRequest{})
		if err == nil && len(all.GetContainers()) == 2 {
			return
		}
	}
	l.t.Error("the container was not started again")
}

func (l *podLab) check(_ any, err error) {
	if err != nil {
		l.t.Error(err)
	}
}

func TestPodsBeforeAndAfter(t *testing.T) {
	t.Parallel()
	enable := []string{"enable", "--settle", "100ms", "--wait", "1m"}
	t.Run("as before", func(t *testing.T) {
		t.Parallel()
		l := newPodLab(t)
		want := report.Pods{AsBefore: 1}
		for _, args := range [][]string{enable, {"rollback", "--settle", "100ms"}} {
			if pods, _ := l.run(ExitOK, args...); !reflect.DeepEqual(pods, want) {
				t.Errorf("%s: %+v", args[0], pods)
			}
		}
	})
	t.Run("started twice", func(t *testing.T) {
		t.Parallel()
		l := newPodLab(t)
		l.after = []func(*podLab){startTwice, reconcile}
		pods, errs := l.run(ExitRolledBack, enable...)
		if !strings.Contains(errs, "running twice: monitoring/") || pods.AsBefore != 1 {
			t.Errorf("%+v\n%s", pods, errs)
		}
	})
	t.Run("restarted", func(t *testing.T) {
		t.Parallel()
		l := newPodLab(t)
		l.after = []func(*podLab){killContainer}
		pods, errs := l.run(ExitRolledBack, enable...)
		if !strings.Contains(errs, "pods are not as before: restarted: container c in ") || len(pods.Restarted) != 1 {
			t.Errorf("%+v\n%s", pods, errs)
		}
	})
	t.Run("a rollback stays", func(t *testing.T) {
		t.Parallel()
		l := newPodLab(t)
		l.run(ExitOK, enable...)
		l.after = []func(*podLab){startTwice}
		if pods, errs := l.run(ExitFailed, "rollback", "--settle", "100ms"); len(pods.Twice) != 1 {
			t.Errorf("%+v\n%s", pods, errs)
		}
	})
}

// The runtime has kept the events of the pod's start, as nobody read them. They must not
// reach the kubelet, to whom they would be news.
func TestTheBacklogIsDrained(t *testing.T) {
	t.Parallel()
	l := newPodLab(t)
	_, errs := l.run(ExitOK, "enable", "--settle", "100ms", "--wait", "1m")
	if !strings.Contains(errs, "drained 4 container events") {
		t.Error(errs)
	}
	out, _ := l.main(ExitFailed, "verify", "--level", "delivering", "--wait", "0s")
	if !strings.Contains(string(out), `"rung": "connected"`) {
		t.Errorf("events of before reached the kubelet:\n%s", out)
	}
}
