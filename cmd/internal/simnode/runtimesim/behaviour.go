package runtimesim

import "fmt"

// flow is who gets an event.
type flow int

const (
	// nobody: the version cannot send events.
	nobody flow = iota
	// oneReader: all readers share one queue, and each event goes to one of them.
	oneReader
	// allReaders: every reader gets every event.
	allReaders
)

// behaviour is what the releases of one runtime do from one minor release on.
type behaviour struct {
	runtime string
	from    [2]int
	events  flow
	// buffer is how many events wait for one reader. When it is full, blocks makes the
	// action that caused an event wait for the reader; otherwise the event is lost.
	buffer int
	blocks bool
	// backlog is how many events are kept that nobody reads; the next reader gets them.
	// containerd 2.x bounds their age instead, by five minutes. once: only before the first
	// reader of the process.
	backlog int
	once    bool
	// switched: events are sent only with enable_pod_events, and then PodSandboxStatus
	// carries a timestamp and the container statuses.
	switched bool
	// lifecycle: a sandbox is created and deleted with an event; without, only started
	// and stopped.
	lifecycle bool
	// forgetsFirst: the event of a deleted sandbox has no sandbox status any more.
	forgetsFirst bool
	// showsStreams: open event streams show in /debug/goroutines.
	showsStreams bool
	// showsConfig: CRI Status(verbose) has the running configuration; showsPause, the
	// pause image in it.
	showsConfig, showsPause bool
	// configVersion is the newest version of its configuration file.
	configVersion int
	// prefix stands before the version in CRI Version.
	prefix string
}

// behaviours: containerd v1.6.39 and v1.7.34 (pkg/cri/server/container_events.go,
// helpers.go), v2.0.0 and v2.3.4 (internal/cri/server/service.go, internal/eventq/eventq.go,
// cmd/containerd/server/config/config.go); CRI-O v1.28.0 to v1.36.3
// (server/container_events.go, server/server.go, server/inspect.go, cri-o/cri-o#9129).
// Each runtime's rows are in the order of their releases.
func behaviours() []behaviour {
	return []behaviour{
		{runtime: Containerd, from: [2]int{1, 6}, showsPause: true, configVersion: 2},
		{runtime: Containerd, from: [2]int{1, 7}, events: oneReader, buffer: 1000, backlog: 1000, lifecycle: true, forgetsFirst: true, showsPause: true, configVersion: 2},
		{runtime: Containerd, from: [2]int{2, 0}, events: allReaders, buffer: 100, backlog: 1000, blocks: true, lifecycle: true, configVersion: 3, prefix: "v"},
		{runtime: Containerd, from: [2]int{2, 3}, events: allReaders, buffer: 100, backlog: 1000, blocks: true, lifecycle: true, configVersion: 4, prefix: "v"},
		{runtime: CRIO, from: [2]int{1, 28}, events: allReaders, buffer: 1000, backlog: 1000, once: true, switched: true, showsPause: true},
		{runtime: CRIO, from: [2]int{1, 32}, events: allReaders, buffer: 1000, backlog: 1000, once: true, switched: true, showsPause: true, showsStreams: true},
		{runtime: CRIO, from: [2]int{1, 33}, events: allReaders, buffer: 1000, backlog: 1000, once: true, switched: true, showsPause: true, showsStreams: true, showsConfig: true},
	}
}

// The runtimes, as they name themselves in CRI Version.
const (
	Containerd = "containerd"
	CRIO       = "cri-o"
)

// behaviourOf is the last row that is not newer than the version.
func behaviourOf(runtime, version string) (found behaviour, err error) {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d.", &major, &minor); err != nil {
		return found, fmt.Errorf("no version of a runtime: %q", version)
	}
	for _, row := range behaviours() {
		if row.runtime == runtime && (row.from[0] < major || row.from[0] == major && row.from[1] <= minor) {
			found = row
		}
	}
	if found.runtime == "" {
		return found, fmt.Errorf("the simulated node has no %s %s", runtime, version)
	}
	return found, nil
}
