package runtimesim

import (
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/verify/known"
)

// publish makes one event and hands it to the readers. A sandbox that is gone already
// leaves the status empty (containerd 1.7) or no event at all (CRI-O).
func (d *Daemon) publish(kind runtimeapi.ContainerEventType, id, sandboxID string) {
	if d.known.NeedsSwitch && !d.podEvents || d.known.Events == known.EventsNone {
		return
	}
	e := &event{ContainerId: id, ContainerEventType: kind, CreatedAt: d.store.now().UnixNano()}
	d.store.mu.Lock()
	one := d.store.sandboxes[sandboxID]
	if one != nil {
		e.PodSandboxStatus, e.ContainersStatuses = one.status(), d.statuses(one)
	}
	d.store.mu.Unlock()
	if one == nil && d.known.Name == known.CRIO {
		return
	}
	// Outside the lock: containerd 2.x blocks here while a reader does not read.
	d.hub.publish(e)
}

// Emit publishes a made-up event, for load tests: it touches no container.
func (d *Daemon) Emit(e *runtimeapi.ContainerEventResponse) { d.hub.publish(e) }
