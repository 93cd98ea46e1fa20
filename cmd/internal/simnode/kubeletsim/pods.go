package kubeletsim

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Pod is a pod that the kubelet has to run.
type Pod struct {
	Name, Namespace, UID string
	// Static tells that it comes from a file, not from the API server.
	Static bool
	// Labels are the pod's own, as its sandbox carries them.
	Labels map[string]string
	// Init run one after the other, each to its end, before Containers.
	Init, Containers []Container
}

// Container is one container of a pod; the command "sleep N" makes it exit by itself.
type Container struct {
	Name    string
	Command []string
}

// podWorkers bring the runtime to what the pods want, on what the pod cache says: a pod
// whose cache is stale is not touched.
type podWorkers struct {
	k    *Kubelet
	wake chan struct{}

	// acting keeps a relist and a worker's action apart: a list from before the action
	// would undo what the worker learned.
	acting sync.Mutex

	mu      sync.Mutex
	cache   map[string]podState
	blinded map[string]bool
	// orphans are sandboxes of pods that this kubelet was not given, by first sight.
	orphans map[string]time.Time
}

// podState is what is known of one pod.
type podState struct {
	sandbox string
	ready   bool
	// containers, newest first.
	containers []seenContainer
}

type seenContainer struct {
	id, name string
	state    runtimeapi.ContainerState
	created  int64
}

func newPodWorkers(k *Kubelet) *podWorkers {
	return &podWorkers{k: k, wake: make(chan struct{}, 1), cache: map[string]podState{}, blinded: map[string]bool{}, orphans: map[string]time.Time{}}
}

// learnList replaces the cache and returns the pods that changed.
func (p *podWorkers) learnList(seen snapshot) []string {
	fresh := map[string]podState{}
	for _, s := range seen.sandboxes {
		uid := s.GetMetadata().GetUid()
		if old, ok := fresh[uid]; ok && old.ready {
			continue
		}
		state := podState{sandbox: s.GetId(), ready: s.GetState() == runtimeapi.PodSandboxState_SANDBOX_READY}
		for _, c := range seen.containers {
			if c.GetPodSandboxId() == s.GetId() {
				state.containers = append(state.containers, seenContainer{c.GetId(), c.GetMetadata().GetName(), c.GetState(), c.GetCreatedAt()})
			}
		}
		sortNewest(state.containers)
		fresh[uid] = state
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var changed []string
	for uid, state := range fresh {
		if old, ok := p.cache[uid]; !ok || !same(old, state) {
			changed = append(changed, uid)
		}
	}
	slices.Sort(changed)
	p.cache = fresh
	p.nudge()
	return changed
}

// learnEvent takes what one event says of one pod (kubelets up to 1.36). Events can be
// older than what the worker did since, so states only move forward and only a deleted
// event takes a container away.
func (p *podWorkers) learnEvent(e *runtimeapi.ContainerEventResponse) {
	s := e.GetPodSandboxStatus()
	uid := s.GetMetadata().GetUid()
	p.mu.Lock()
	defer p.mu.Unlock()
	state := p.cache[uid]
	if state.sandbox != s.GetId() {
		state = podState{sandbox: s.GetId()}
	}
	state.ready = s.GetState() == runtimeapi.PodSandboxState_SANDBOX_READY
	for _, c := range e.GetContainersStatuses() {
		state = state.with(seenContainer{c.GetId(), c.GetMetadata().GetName(), c.GetState(), c.GetCreatedAt()})
	}
	if e.GetContainerEventType() == runtimeapi.ContainerEventType_CONTAINER_DELETED_EVENT {
		state = state.without(e.GetContainerId())
	}
	p.cache[uid] = state
	p.nudge()
}

// blind notes that the active container statuses of a pod cannot be seen (bug B1).
func (p *podWorkers) blind(uid string, yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.blinded[uid] = yes
}

func (p *podWorkers) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func sortNewest(list []seenContainer) {
	slices.SortFunc(list, func(a, b seenContainer) int { return int(b.created - a.created) })
}

func same(a, b podState) bool {
	return a.sandbox == b.sandbox && a.ready == b.ready && slices.Equal(a.containers, b.containers)
}

// run syncs the pods whenever the cache changed and once per second of the node.
func (p *podWorkers) run(ctx context.Context) {
	tick := time.NewTicker(p.k.opts.Second)
	defer tick.Stop()
	for {
		p.acting.Lock()
		for _, pod := range p.k.opts.Pods {
			if err := p.sync(ctx, pod); err != nil && ctx.Err() == nil {
				p.k.log.error(err.Error(), "kubelet/pod_workers.go:1338", "Error syncing pod, skipping", "pod", fmt.Sprintf("%s/%s", pod.Namespace, pod.Name), "podUID", pod.UID)
			}
		}
		p.houseKeeping(ctx)
		p.acting.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-p.wake:
		}
	}
}
