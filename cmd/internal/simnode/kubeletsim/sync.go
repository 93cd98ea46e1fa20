package kubeletsim

import (
	"context"
	"maps"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// backOff is how long, in the node's seconds, a container that exited stays down.
const backOff = 3

// sync brings one pod a step further.
func (p *podWorkers) sync(ctx context.Context, pod Pod) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	p.mu.Lock()
	state, known := p.cache[pod.UID]
	blind := p.blinded[pod.UID]
	p.mu.Unlock()
	if !known || !state.ready {
		return p.newSandbox(ctx, pod)
	}
	if len(pod.Init) > 0 && (blind || !finished(pod.Init, state)) && !anyOf(pod.Containers, state) {
		return p.syncInit(ctx, pod, state, blind)
	}
	for _, c := range pod.Containers {
		if err := p.syncContainer(ctx, pod, state, c); err != nil {
			return err
		}
	}
	return nil
}

func (p *podWorkers) newSandbox(ctx context.Context, pod Pod) error {
	r, err := p.k.runtime.cri.RunPodSandbox(ctx, &runtimeapi.RunPodSandboxRequest{Config: SandboxConfig(pod)})
	if err != nil {
		return err
	}
	p.learned(pod.UID, podState{sandbox: r.GetPodSandboxId(), ready: true})
	return nil
}

// syncInit runs the init containers in order. A blind kubelet (bug B1) takes each sync for
// the first one and starts init container 1 again.
func (p *podWorkers) syncInit(ctx context.Context, pod Pod, state podState, blind bool) error {
	if blind {
		return p.create(ctx, pod, state, pod.Init[0])
	}
	for _, c := range pod.Init {
		newest, there := state.newest(c.Name)
		switch {
		case !there:
			return p.create(ctx, pod, state, c)
		case newest.state != runtimeapi.ContainerState_CONTAINER_EXITED:
			return nil
		}
	}
	return nil
}

// syncContainer starts a container that is not there, and one that exited after its
// back-off; of the dead ones the newest is kept.
func (p *podWorkers) syncContainer(ctx context.Context, pod Pod, state podState, c Container) error {
	newest, there := state.newest(c.Name)
	if there && newest.state != runtimeapi.ContainerState_CONTAINER_EXITED {
		return nil
	}
	for _, dead := range state.containers {
		if dead.name == c.Name && dead.id != newest.id {
			if _, err := p.k.runtime.cri.RemoveContainer(ctx, &runtimeapi.RemoveContainerRequest{ContainerId: dead.id}); err != nil {
				return err
			}
			state = state.without(dead.id)
			p.learned(pod.UID, state)
		}
	}
	if there && !p.backOffOver(ctx, newest.id) {
		return nil
	}
	return p.create(ctx, pod, state, c)
}

func (p *podWorkers) backOffOver(ctx context.Context, id string) bool {
	r, err := p.k.runtime.cri.ContainerStatus(ctx, &runtimeapi.ContainerStatusRequest{ContainerId: id})
	if err != nil {
		return false
	}
	return p.k.opts.Now().Sub(time.Unix(0, r.GetStatus().GetFinishedAt())) >= backOff*p.k.opts.Second
}

func (p *podWorkers) create(ctx context.Context, pod Pod, state podState, c Container) error {
	made, err := p.k.runtime.cri.CreateContainer(ctx, &runtimeapi.CreateContainerRequest{
		PodSandboxId: state.sandbox, SandboxConfig: SandboxConfig(pod), Config: ContainerConfig(pod, c, len(state.containers)),
	})
	if err != nil {
		return err
	}
	fresh := seenContainer{made.GetContainerId(), c.Name, runtimeapi.ContainerState_CONTAINER_RUNNING, p.k.opts.Now().UnixNano()}
	state.containers = append([]seenContainer{fresh}, state.containers...)
	p.learned(pod.UID, state)
	_, err = p.k.runtime.cri.StartContainer(ctx, &runtimeapi.StartContainerRequest{ContainerId: fresh.id})
	return err
}

// learned notes what the worker itself has just done.
func (p *podWorkers) learned(uid string, state podState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cache[uid] = state
}

// labels are what the kubelet puts on a pod's sandbox and its containers.
func labels(pod Pod) map[string]string {
	all := maps.Clone(pod.Labels)
	if all == nil {
		all = map[string]string{}
	}
	all["io.kubernetes.pod.name"], all["io.kubernetes.pod.namespace"], all["io.kubernetes.pod.uid"] = pod.Name, pod.Namespace, pod.UID
	return all
}

// SandboxConfig is what the kubelet asks the runtime for when it starts the pod.
func SandboxConfig(pod Pod) *runtimeapi.PodSandboxConfig {
	source := "api"
	if pod.Static {
		source = "file"
	}
	return &runtimeapi.PodSandboxConfig{
		Metadata: &runtimeapi.PodSandboxMetadata{Name: pod.Name, Namespace: pod.Namespace, Uid: pod.UID},
		Labels:   labels(pod), Annotations: map[string]string{"kubernetes.io/config.source": source},
	}
}

// ContainerConfig is the same for one of its containers.
func ContainerConfig(pod Pod, c Container, attempt int) *runtimeapi.ContainerConfig {
	all := labels(pod)
	all["io.kubernetes.container.name"] = c.Name
	return &runtimeapi.ContainerConfig{
		Metadata: &runtimeapi.ContainerMetadata{Name: c.Name, Attempt: uint32(attempt)},
		Image:    &runtimeapi.ImageSpec{Image: "docker.io/library/busy:1"}, Command: c.Command, Labels: all,
	}
}
