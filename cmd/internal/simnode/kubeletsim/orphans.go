package kubeletsim

import (
	"context"
	"maps"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// housekeepingPeriod is how long, in the node's seconds, a sandbox of a pod that this
// kubelet was not given may run (kubernetes v1.37.2 pkg/kubelet/kubelet.go:183).
const housekeepingPeriod = 2

// houseKeeping stops sandboxes of unknown pods. No label protects a sandbox: the kubelet
// looks at metadata.uid only (kuberuntime_manager.go:488).
func (p *podWorkers) houseKeeping(ctx context.Context) {
	now := p.k.opts.Now()
	p.mu.Lock()
	cache := maps.Clone(p.cache)
	p.mu.Unlock()
	for _, pod := range p.k.opts.Pods {
		delete(cache, pod.UID)
	}
	for id := range p.orphans {
		if _, still := cache[id]; !still {
			delete(p.orphans, id)
		}
	}
	for uid, state := range cache {
		first, seen := p.orphans[uid]
		switch {
		case !state.ready:
			continue
		case !seen:
			p.orphans[uid] = now
			continue
		case now.Sub(first) < housekeepingPeriod*p.k.opts.Second:
			continue
		}
		p.k.log.info(3, "kubelet/kubelet_pods.go:1417", "Clean up containers for orphaned pod we had not seen before", "podUID", uid, "killOptions", "<internal error: json: unsupported type>")
		p.k.metrics.orphan()
		call, cancel := context.WithTimeout(ctx, callTime)
		_, err := p.k.runtime.cri.StopPodSandbox(call, &runtimeapi.StopPodSandboxRequest{PodSandboxId: state.sandbox})
		cancel()
		if err == nil {
			delete(p.orphans, uid)
		}
	}
}

func (s podState) newest(name string) (seenContainer, bool) {
	for _, c := range s.containers {
		if c.name == name {
			return c, true
		}
	}
	return seenContainer{}, false
}

// with adds a container or moves its state forward.
func (s podState) with(c seenContainer) podState {
	list := []seenContainer{c}
	for _, old := range s.containers {
		if old.id == c.id {
			list[0].state = max(old.state, c.state)
			continue
		}
		list = append(list, old)
	}
	sortNewest(list)
	s.containers = list
	return s
}

func (s podState) without(id string) podState {
	var rest []seenContainer
	for _, c := range s.containers {
		if c.id != id {
			rest = append(rest, c)
		}
	}
	s.containers = rest
	return s
}

// finished tells that every init container has run.
func finished(init []Container, s podState) bool {
	for _, c := range init {
		if newest, there := s.newest(c.Name); !there || newest.state != runtimeapi.ContainerState_CONTAINER_EXITED {
			return false
		}
	}
	return true
}

// anyOf tells that one of the containers was started already.
func anyOf(list []Container, s podState) bool {
	for _, c := range list {
		if _, there := s.newest(c.Name); there {
			return true
		}
	}
	return false
}
