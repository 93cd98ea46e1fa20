package kubeletsim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Pod is a pod with one container; the command "sleep N" makes it exit by itself.
type Pod struct {
	Name, Namespace, UID string
	// Static: it comes from a file, not from the API server.
	Static bool
	// Labels are the pod's own, as its sandbox carries them.
	Labels  map[string]string
	Command []string
}

// backOff is how long, in the node's seconds, a container that exited stays down.
const backOff = 3

// podWorker brings the runtime to what the pod wants, once per second of the node.
func (k *Kubelet) podWorker(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-k.opts.AtRest:
	}
	tick := time.NewTicker(k.opts.Second)
	defer tick.Stop()
	var exited time.Time
	for pod := k.opts.Pod; ctx.Err() == nil; {
		if pod != nil {
			if err := k.sync(ctx, pod, &exited); err != nil && ctx.Err() == nil {
				k.log.say("sync-failed", "err", err.Error(), "pod", pod.Namespace+"/"+pod.Name, "podUID", pod.UID)
			}
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// sync brings the pod a step further; exited is when its container was first seen dead.
func (k *Kubelet) sync(ctx context.Context, pod *Pod, exited *time.Time) error {
	cri, config := k.cri, pod.sandbox()
	sandbox, dead, runs, err := k.find(ctx, pod)
	attempt := uint32(0)
	switch {
	case err != nil || runs:
		*exited = time.Time{}
		return err
	case len(dead) > 0 && exited.IsZero():
		*exited = k.opts.Now()
		return nil
	case len(dead) > 0 && k.opts.Now().Sub(*exited) < backOff*k.opts.Second:
		return nil
	case len(dead) > 0:
		attempt = dead[0].GetMetadata().GetAttempt() + 1
		for _, one := range dead[1:] { // one dead container is kept
			_, gone := cri.RemoveContainer(ctx, &runtimeapi.RemoveContainerRequest{ContainerId: one.GetId()})
			err = errors.Join(err, gone)
		}
	case sandbox == "":
		var r *runtimeapi.RunPodSandboxResponse
		r, err = cri.RunPodSandbox(ctx, &runtimeapi.RunPodSandboxRequest{Config: config})
		sandbox = r.GetPodSandboxId()
	}
	if err != nil {
		return err
	}
	container := &runtimeapi.ContainerConfig{
		Metadata: &runtimeapi.ContainerMetadata{Name: "c", Attempt: attempt}, Image: &runtimeapi.ImageSpec{Image: "docker.io/library/busy:1"}, Command: pod.Command, Labels: config.Labels,
	}
	made, err := cri.CreateContainer(ctx, &runtimeapi.CreateContainerRequest{PodSandboxId: sandbox, SandboxConfig: config, Config: container})
	if err != nil {
		return err
	}
	if _, err := cri.StartContainer(ctx, &runtimeapi.StartContainerRequest{ContainerId: made.GetContainerId()}); err != nil {
		return err
	}
	return k.podStatus(ctx, pod, sandbox)
}

// find is the pod's sandbox and its containers that do not run, newest first, as the
// runtime has them; runs reports whether one runs.
func (k *Kubelet) find(ctx context.Context, pod *Pod) (sandbox string, dead []*runtimeapi.Container, runs bool, err error) {
	sandboxes, containers, err := k.list(ctx)
	for _, one := range sandboxes {
		if one.GetMetadata().GetUid() == pod.UID && one.GetState() == runtimeapi.PodSandboxState_SANDBOX_READY {
			sandbox = one.GetId()
		}
	}
	for _, one := range containers {
		switch {
		case one.GetPodSandboxId() != sandbox:
		case one.GetState() == runtimeapi.ContainerState_CONTAINER_RUNNING:
			runs = true
		default: // also one that was created, and the runtime went away before it was started
			dead = append(dead, one)
		}
	}
	slices.SortFunc(dead, func(a, b *runtimeapi.Container) int { return int(b.GetCreatedAt() - a.GetCreatedAt()) })
	return sandbox, dead, runs, err
}

// podStatus asks for the status of a pod's sandbox. With the gate on, a runtime that gives
// no timestamp is noted.
func (k *Kubelet) podStatus(ctx context.Context, pod *Pod, sandbox string) error {
	r, err := k.cri.PodSandboxStatus(ctx, &runtimeapi.PodSandboxStatusRequest{PodSandboxId: sandbox})
	if err != nil || !k.config.gateOn || r.GetTimestamp() != 0 {
		return err
	}
	var ref any = pod.Namespace + "/" + pod.Name
	switch {
	case k.does.pairs:
		ref = fmt.Sprintf("%s_%s(%s)", pod.Name, pod.Namespace, pod.UID)
	case k.config.json:
		ref = map[string]string{"name": pod.Name, "namespace": pod.Namespace}
	}
	k.log.say("no-timestamp", "pod", ref)
	return nil
}

// sandbox is what the kubelet asks the runtime for when it starts the pod.
func (p *Pod) sandbox() *runtimeapi.PodSandboxConfig {
	source := map[bool]string{true: "file", false: "api"}[p.Static]
	labels := map[string]string{"io.kubernetes.pod.name": p.Name, "io.kubernetes.pod.namespace": p.Namespace, "io.kubernetes.pod.uid": p.UID, "io.kubernetes.container.name": "c"}
	maps.Copy(labels, p.Labels)
	return &runtimeapi.PodSandboxConfig{
		Metadata: &runtimeapi.PodSandboxMetadata{Name: p.Name, Namespace: p.Namespace, Uid: p.UID},
		Labels:   labels, Annotations: map[string]string{"kubernetes.io/config.source": source},
	}
}
