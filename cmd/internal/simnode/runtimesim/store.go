package runtimesim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Store holds the pod sandboxes, containers and images of a node. It outlives the daemon,
// as containers outlive a restart of the runtime.
type Store struct {
	now    func() time.Time
	images []string

	mu         sync.Mutex
	sandboxes  map[string]*runtimeapi.PodSandboxStatus
	containers map[string]*container
	// exited is told of every container that ends by itself; the running daemon sets it.
	exited func(id string)
}

type container struct {
	*runtimeapi.ContainerStatus
	sandbox string
	command []string
	timer   *time.Timer
}

// NewStore is a node with nothing on it but the given images.
func NewStore(now func() time.Time, images ...string) *Store {
	return &Store{now: now, sandboxes: map[string]*runtimeapi.PodSandboxStatus{}, containers: map[string]*container{}, images: images}
}

// with runs f with the store locked.
func (s *Store) with(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// Close stops the clocks of containers that still run.
func (s *Store) Close() {
	s.with(func() {
		for _, c := range s.containers {
			c.stopClock()
		}
	})
}

// exit ends a container and reports whether it ran.
func (s *Store) exit(id string, code int32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.containers[id]
	if c == nil || c.State != runtimeapi.ContainerState_CONTAINER_RUNNING {
		return false
	}
	c.stopClock()
	c.State, c.FinishedAt, c.ExitCode, c.Reason = runtimeapi.ContainerState_CONTAINER_EXITED, s.now().UnixNano(), code, "Completed"
	if code != 0 {
		c.Reason = "Error"
	}
	return true
}

// expire is what the clock of a container calls.
func (s *Store) expire(id string) {
	ended, tell := s.exit(id, 0), (func(string))(nil)
	s.with(func() { tell = s.exited })
	if ended && tell != nil {
		tell(id)
	}
}

func (c *container) stopClock() {
	if c.timer != nil {
		c.timer.Stop()
	}
}

// inside are copies of what is in a sandbox, newest first. Called with the store locked.
func (s *Store) inside(sandboxID string) (list []*runtimeapi.ContainerStatus) {
	for _, c := range s.containers {
		if c.sandbox == sandboxID {
			list = append(list, proto.CloneOf(c.ContainerStatus))
		}
	}
	slices.SortFunc(list, func(a, b *runtimeapi.ContainerStatus) int { return int(b.CreatedAt - a.CreatedAt) })
	return list
}

// newID is 64 hexadecimal digits, as both runtimes make them.
func newID() string {
	return fmt.Sprintf("%016x%016x%016x%016x", rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64())
}
