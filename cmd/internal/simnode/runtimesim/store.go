package runtimesim

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Store holds the pod sandboxes, containers and images of a node. It outlives the daemon,
// as containers outlive a restart of the runtime.
type Store struct {
	now func() time.Time

	mu         sync.Mutex
	sandboxes  map[string]*sandbox
	containers map[string]*container
	images     []string
	// exited is told of every container that ends by itself; the running daemon sets it.
	exited func(id string)
}

type sandbox struct {
	id      string
	config  *runtimeapi.PodSandboxConfig
	stopped bool
	created time.Time
}

type container struct {
	id, sandbox                string
	config                     *runtimeapi.ContainerConfig
	state                      runtimeapi.ContainerState
	created, started, finished time.Time
	timer                      *time.Timer
}

// NewStore is a node with nothing on it but the given images.
func NewStore(now func() time.Time, images ...string) *Store {
	return &Store{now: now, sandboxes: map[string]*sandbox{}, containers: map[string]*container{}, images: images}
}

// Close stops the clocks of containers that still run.
func (s *Store) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.containers {
		c.stopClock()
	}
}

// SetImages replaces the list of images that are on the node.
func (s *Store) SetImages(images ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.images = images
}

func (s *Store) attach(exited func(string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exited = exited
}

func (s *Store) imageList() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.images)
}

// exit ends a container and reports whether it ran.
func (s *Store) exit(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.containers[id]
	if c == nil || c.state != runtimeapi.ContainerState_CONTAINER_RUNNING {
		return false
	}
	c.stopClock()
	c.state, c.finished = runtimeapi.ContainerState_CONTAINER_EXITED, s.now()
	return true
}

// expire is what the clock of a container calls.
func (s *Store) expire(id string) {
	ended := s.exit(id)
	s.mu.Lock()
	tell := s.exited
	s.mu.Unlock()
	if ended && tell != nil {
		tell(id)
	}
}

func (c *container) stopClock() {
	if c.timer != nil {
		c.timer.Stop()
	}
}

// inside are the containers of a sandbox, newest first. Called with the store locked.
func (s *Store) inside(sandboxID string) []*container {
	var list []*container
	for _, c := range s.containers {
		if c.sandbox == sandboxID {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *container) int { return b.created.Compare(a.created) })
	return list
}

// newID is 64 hexadecimal digits, as both runtimes make them.
func newID() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24 on)
	return hex.EncodeToString(b[:])
}
