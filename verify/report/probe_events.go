package report

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/probe"
)

// ContainerEvent is one line of `probe -o json`.
type ContainerEvent struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Type is created, started, stopped or deleted; others are passed on as the runtime
	// sends them.
	Type string `json:"type"`
	// Container is the container's ID; for an event of the pod sandbox itself, the sandbox's.
	Container string `json:"container"`
	Sandbox   string `json:"sandbox,omitempty"`
	Pod       string `json:"pod,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	UID       string `json:"uid,omitempty"`
	// Created is when the runtime made the event, Received when it arrived.
	Created  time.Time `json:"created"`
	Received time.Time `json:"received"`
	// Age is received minus created.
	Age float64 `json:"ageSeconds"`
	// Backlog reports whether the event is older than the stream: the runtime kept it for
	// its first reader.
	Backlog bool `json:"backlog,omitempty"`
	// Missing is the event of this container that must have been lost before this one.
	Missing string `json:"missing,omitempty"`
}

// Events prints a stream of container events as text, JSON Lines, or not at all (short).
type Events struct {
	w      *bufio.Writer
	format string
	header bool
}

// NewEvents returns a printer that writes to w in a format.
func NewEvents(w io.Writer, format string) *Events {
	return &Events{w: bufio.NewWriterSize(w, 64<<10), format: format}
}

// Flush writes what is buffered.
func (p *Events) Flush() error {
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write the events: %w", err)
	}
	return nil
}

// Event prints one event.
func (p *Events) Event(e probe.Event, seen probe.Seen) error {
	switch p.format {
	case "short":
		return nil
	case "json":
		text, err := marshalJSON(ContainerEvent{
			APIVersion: APIVersion, Kind: "ContainerEvent", Type: e.Type, Container: e.Container, Sandbox: e.Sandbox, Pod: e.Pod,
			Namespace: e.Namespace, UID: e.UID, Created: e.Created.UTC(), Received: e.Received.UTC(), Age: seen.Age.Seconds(),
			Backlog: seen.Backlog, Missing: seen.Gap,
		})
		if err != nil {
			return fmt.Errorf("encode an event: %w", err)
		}
		_, err = p.w.Write(append(text, '\n'))
		return err
	}
	if !p.header {
		p.header = true
		fmt.Fprintf(p.w, "%-12s  %-7s  %8s  %-12s  %s\n", "TIME", "EVENT", "DELAY", "CONTAINER", "POD")
	}
	_, err := fmt.Fprintf(p.w, "%s  %-7s  %8s  %-12s  %s%s\n", e.Received.UTC().Format("15:04:05.000"), logscan.Escape(e.Type),
		short(seen.Age), containerOf(e), podOf(e), remark(seen))
	return err
}

func containerOf(e probe.Event) string {
	if e.OfSandbox() {
		return "(sandbox)"
	}
	return logscan.Escape(fmt.Sprintf("%.12s", e.Container))
}

func podOf(e probe.Event) string {
	if !e.HasStatus {
		return "(no sandbox status)"
	}
	return logscan.Escape(e.Namespace + "/" + e.Pod)
}

func remark(seen probe.Seen) string {
	text := ""
	if seen.Backlog {
		text += "  (backlog)"
	}
	if seen.Gap != "" {
		text += "  (lost before it: " + seen.Gap + ")"
	}
	return text
}
