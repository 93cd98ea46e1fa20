package cmd

import (
	"fmt"
	"time"

	"github.com/plegctl/plegctl/verify/probe"
)

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
