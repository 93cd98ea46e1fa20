package probe

import "time"

// Event is one container event, as it was received.
type Event struct {
	// Type is "created", "started", "stopped" or "deleted".
	Type string
	// Container is the container's ID; for an event of the sandbox itself, the sandbox's.
	Container string
	// Sandbox, Pod, Namespace and UID are empty where the event carries no sandbox
	// status; a kubelet drops such an event.
	Sandbox, Pod, Namespace, UID string
	// Created is when the runtime made the event, Received when it reached us.
	Created, Received time.Time
	// HasStatus reports whether a sandbox status came with it.
	HasStatus bool
}

// Seen is what the judge says of one event.
type Seen struct {
	// Age is the time from the event to its receipt.
	Age time.Duration
	// Backlog reports whether the event is older than the stream: the runtime kept it for its
	// first reader.
	Backlog bool
	// Gap, where it is not empty, says what must have been lost before this event.
	Gap string
}

// OfSandbox reports whether the event is of the pod sandbox itself.
func (e Event) OfSandbox() bool { return e.Container != "" && e.Container == e.Sandbox }
