package cmd

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/probe"
)

// probeLine is one event on its way to stdout.
type probeLine struct {
	event probe.Event
	seen  probe.Seen
}

// eventJSON is one line of probe -o json.
type eventJSON struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Type       string    `json:"type"`
	Container  string    `json:"container"`
	Sandbox    string    `json:"sandbox,omitempty"`
	Pod        string    `json:"pod,omitempty"`
	Namespace  string    `json:"namespace,omitempty"`
	UID        string    `json:"uid,omitempty"`
	Created    time.Time `json:"created"`
	Received   time.Time `json:"received"`
	Age        float64   `json:"ageSeconds"`
	Backlog    bool      `json:"backlog,omitempty"`
	// Missing is the event of this container that must have been lost before this one.
	Missing string `json:"missing,omitempty"`
}

// print writes lines until there are no more; it flushes whenever it has caught up.
func (p *probing) print() error {
	w := bufio.NewWriterSize(p.d.Streams.Out, 64<<10)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				return flushed(w)
			}
			if err := p.one(w, line); err != nil {
				return fmt.Errorf("write the answer: %w", err)
			}
			continue
		default:
		}
		if err := flushed(w); err != nil {
			return err
		}
		line, ok := <-p.lines
		if !ok {
			return nil
		}
		if err := p.one(w, line); err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
	}
}

func flushed(w *bufio.Writer) error {
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

func (p *probing) one(w io.Writer, line probeLine) error {
	e, seen := line.event, line.seen
	switch p.d.Settings.Output {
	case "short":
		return nil
	case "json":
		text, err := json.Marshal(eventJSON{
			APIVersion: apiVersion, Kind: "ContainerEvent", Type: e.Type, Container: e.Container, Sandbox: e.Sandbox, Pod: e.Pod,
			Namespace: e.Namespace, UID: e.UID, Created: e.Created.UTC(), Received: e.Received.UTC(), Age: seen.Age.Seconds(),
			Backlog: seen.Backlog, Missing: seen.Gap,
		})
		if err != nil {
			return err
		}
		_, err = w.Write(append(text, '\n'))
		return err
	}
	_, err := fmt.Fprintf(w, "%s  %-7s  %s  %s%s\n", e.Received.UTC().Format("15:04:05.000"), logscan.Escape(e.Type), named(e), seen.Age.Round(10*time.Microsecond), marks(e, seen))
	return err
}

// named is whose event it is: the pod, and the beginning of the container's ID.
func named(e probe.Event) string {
	what := "container"
	if e.OfSandbox() {
		what = "sandbox"
	}
	pod := "(no sandbox status)"
	if e.HasStatus {
		pod = e.Namespace + "/" + e.Pod
	}
	return logscan.Escape(fmt.Sprintf("%s %.12s of %s", what, e.Container, pod))
}

func marks(e probe.Event, seen probe.Seen) string {
	text := ""
	if seen.Backlog {
		text += "  backlog"
	}
	if seen.Gap != "" {
		text += "  LOST before it: " + seen.Gap
	}
	return text
}
