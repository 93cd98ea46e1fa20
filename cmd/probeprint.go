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

// probeJSON is the last line: the verdict.
type probeJSON struct {
	Verdict    probe.Verdict  `json:"verdict"`
	Why        string         `json:"why"`
	Hint       string         `json:"hint,omitempty"`
	Events     int            `json:"events"`
	ByType     map[string]int `json:"byType"`
	Backlog    int            `json:"backlog"`
	NoStatus   int            `json:"withoutSandboxStatus"`
	Gaps       int            `json:"gaps"`
	Reconnects int            `json:"reconnects"`
	Unprinted  int            `json:"unprinted"`
	FirstAfter float64        `json:"firstAfterSeconds"`
	MinAge     float64        `json:"minAgeSeconds"`
	MedianAge  float64        `json:"medianAgeSeconds"`
	P99Age     float64        `json:"p99AgeSeconds"`
	MaxAge     float64        `json:"maxAgeSeconds"`
	Took       float64        `json:"tookSeconds"`
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

// conclude gives the verdict, as the last line or lines.
func (p *probing) conclude(r probe.Result) error {
	code := probeCode(r, p.o.count)
	why := r.Why
	if r.Verdict == probe.Streaming && r.Events < p.o.count {
		why = fmt.Sprintf("%d of %d events came in time", r.Events, p.o.count)
	}
	p.d.answered = true
	if p.d.Settings.Output == "json" {
		if err := p.verdictJSON(r, why, code); err != nil {
			return err
		}
	} else if _, err := fmt.Fprint(p.d.Streams.Out, p.verdictText(r, why)); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	if code == ExitOK {
		return nil
	}
	return answered{code}
}

func (p *probing) verdictText(r probe.Result, why string) string {
	text := fmt.Sprintf("%s: %s\n", r.Verdict, why)
	if p.d.Settings.Output == "short" {
		return text
	}
	if r.Events > 0 {
		text += fmt.Sprintf("  created %d, started %d, stopped %d, deleted %d in %s\n", r.ByType["created"], r.ByType["started"], r.ByType["stopped"], r.ByType["deleted"], r.Took.Round(time.Millisecond))
	}
	if r.Events > r.Backlog {
		text += fmt.Sprintf("  delay: median %s, 99%% below %s, largest %s\n", short(r.MedianAge), short(r.P99Age), short(r.MaxAge))
	}
	for _, n := range []struct {
		count int
		says  string
	}{
		{r.Backlog, "from before the stream was opened (the runtime kept them)"},
		{r.NoStatus, "without a sandbox status; a kubelet drops these"},
		{r.Gaps, "before which another event must have been lost"},
		{r.Reconnects, "times the stream was opened again; what happened in between was not seen"},
		{p.unsaid, "not printed, as stdout was too slow; they are counted above"},
	} {
		if n.count > 0 {
			text += fmt.Sprintf("  %d %s\n", n.count, n.says)
		}
	}
	if r.Hint != "" {
		text += "  next: " + r.Hint + "\n"
	}
	return text
}

func short(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

func (p *probing) verdictJSON(r probe.Result, why string, code ExitCode) error {
	s := time.Duration.Seconds
	return p.d.jsonLine(struct {
		Envelope
		probeJSON
	}{
		Envelope{APIVersion: apiVersion, Kind: "Probe", ExitCode: code},
		probeJSON{
			Verdict: r.Verdict, Why: why, Hint: r.Hint, Events: r.Events, ByType: r.ByType, Backlog: r.Backlog, NoStatus: r.NoStatus,
			Gaps: r.Gaps, Reconnects: r.Reconnects, Unprinted: p.unsaid, FirstAfter: s(r.FirstAfter), MinAge: s(r.MinAge),
			MedianAge: s(r.MedianAge), P99Age: s(r.P99Age), MaxAge: s(r.MaxAge), Took: s(r.Took),
		},
	})
}
