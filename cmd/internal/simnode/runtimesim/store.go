package runtimesim

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Store holds the pod sandboxes, containers and images of a node. It outlives the daemon,
// as containers outlive a restart of the runtime.
type Store struct {
	mu         sync.Mutex
	sandboxes  map[string]*sandbox
	containers map[string]*container
	images     []string
	now        func() time.Time
	// exited is told of every container that ends by itself; the running daemon sets it.
	exited func(id string)
}

type sandbox struct {
	id      string
	config  *runtimeapi.PodSandboxConfig
	state   runtimeapi.PodSandboxState
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
	return &Store{sandboxes: map[string]*sandbox{}, containers: map[string]*container{}, images: images, now: now}
}

// Close stops the clocks of containers that still run.
func (s *Store) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.containers {
		if c.timer != nil {
			c.timer.Stop()
		}
	}
}

// Seed puts a pod on the node that ran before anything else did: a ready sandbox with one
// container that has exited. No event tells of it.
func (s *Store) Seed(pod *runtimeapi.PodSandboxConfig, exited *runtimeapi.ContainerConfig) {
	s.mu.Lock()
	defer s.mu.Unlock()
	then := s.now().Add(-time.Hour)
	one := &sandbox{id: newID(), config: pod, state: runtimeapi.PodSandboxState_SANDBOX_READY, created: then}
	s.sandboxes[one.id] = one
	c := &container{id: newID(), sandbox: one.id, config: exited, state: runtimeapi.ContainerState_CONTAINER_EXITED, created: then, started: then, finished: then}
	s.containers[c.id] = c
}

func (s *Store) attach(exited func(string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exited = exited
}

func (s *Store) image(ref string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.images, ref)
}

// SetImages replaces the list of images that are on the node.
func (s *Store) SetImages(images ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.images = images
}

func (s *Store) imageList() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.images)
}

// exit ends a container; it reports false where it does not run.
func (s *Store) exit(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.containers[id]
	if c == nil || c.state != runtimeapi.ContainerState_CONTAINER_RUNNING {
		return false
	}
	if c.timer != nil {
		c.timer.Stop()
	}
	c.state, c.finished = runtimeapi.ContainerState_CONTAINER_EXITED, s.now()
	return true
}

// expire is what the clock of a container calls.
func (s *Store) expire(id string) {
	if !s.exit(id) {
		return
	}
	s.mu.Lock()
	tell := s.exited
	s.mu.Unlock()
	if tell != nil {
		tell(id)
	}
}

func (s *Store) containersOf(sandboxID string) []*container {
	var list []*container
	for _, c := range s.containers {
		if c.sandbox == sandboxID {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *container) int { return b.created.Compare(a.created) })
	return list
}

func (s *Store) matching(labels map[string]string) []*sandbox {
	var list []*sandbox
	for _, one := range slices.SortedFunc(maps.Values(s.sandboxes), func(a, b *sandbox) int { return strings.Compare(a.id, b.id) }) {
		if subset(labels, one.config.GetLabels()) {
			list = append(list, one)
		}
	}
	return list
}

func subset(want, have map[string]string) bool {
	for k, v := range want {
		if have[k] != v {
			return false
		}
	}
	return true
}

// newID is 64 hexadecimal digits, as both runtimes make them.
func newID() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24 on)
	return hex.EncodeToString(b[:])
}
