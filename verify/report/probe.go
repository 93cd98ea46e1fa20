package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/plegctl/plegctl/verify/probe"
)

// Probe is the body of `probe` in JSON, the last line of its stream.
type Probe struct {
	Verdict probe.Verdict `json:"verdict" enum:"streaming,idle,closed-at-once,ended,unsupported,unreachable"`
	Why     string        `json:"why"`
	Hint    string        `json:"hint,omitempty"`
	Events  int           `json:"events"`
	// ByType counts created, started, stopped and deleted.
	ByType map[string]int `json:"byType"`
	// Backlog counts events from before the stream was opened.
	Backlog int `json:"backlog"`
	// NoStatus counts events without a sandbox status: a kubelet drops them.
	NoStatus int `json:"withoutSandboxStatus"`
	// Gaps counts events before which another one must have been lost.
	Gaps       int `json:"gaps"`
	Reconnects int `json:"reconnects"`
	// Unprinted counts lines that were left out because stdout was too slow.
	Unprinted int `json:"unprinted"`
	// FirstAfter is the time from the opening to the first event.
	FirstAfter float64 `json:"firstAfterSeconds"`
	MinAge     float64 `json:"minAgeSeconds"`
	MedianAge  float64 `json:"medianAgeSeconds"`
	P99Age     float64 `json:"p99AgeSeconds"`
	MaxAge     float64 `json:"maxAgeSeconds"`
	// Delays is a histogram of the delays without the backlog.
	Delays []Delay `json:"delays"`
	Took   float64 `json:"tookSeconds"`
}

// Delay counts the events whose delay is below a bound and not below the one before.
type Delay struct {
	// Below is 0 for the last bucket, which has no bound.
	Below float64 `json:"belowSeconds"`
	Count int     `json:"count"`
}

// ProbeDocument returns the answer of `probe` that waited for a count of events (0: any).
func ProbeDocument(r probe.Result, count, unprinted int) Document {
	s := time.Duration.Seconds
	if r.Verdict == probe.Streaming && r.Events < count {
		r.Why = fmt.Sprintf("only %d of %d events came in time", r.Events, count)
	}
	b := Probe{
		Verdict: r.Verdict, Why: r.Why, Hint: r.Hint, Events: r.Events, ByType: r.ByType, Backlog: r.Backlog, NoStatus: r.NoStatus,
		Gaps: r.Gaps, Reconnects: r.Reconnects, Unprinted: unprinted, FirstAfter: s(r.FirstAfter), MinAge: s(r.MinAge),
		MedianAge: s(r.MedianAge), P99Age: s(r.P99Age), MaxAge: s(r.MaxAge), Took: s(r.Took), Delays: []Delay{},
	}
	for _, bucket := range r.Delays {
		b.Delays = append(b.Delays, Delay{s(bucket.Below), bucket.Count})
	}
	return Document{
		Kind: "Probe", ExitCode: probeCode(r, count), Body: b, Line: true,
		Short: fmt.Sprintf("%s: %s", r.Verdict, r.Why),
		Text:  func(w io.Writer, style Style) error { return probeText(w, r, unprinted, style) },
	}
}

func probeCode(r probe.Result, count int) int {
	switch r.Verdict {
	case probe.Streaming:
		if r.Events >= count {
			return 0
		}
	case probe.Idle, probe.NotReachable:
		return 4
	case probe.ClosedAtOnce, probe.Ended, probe.Unsupported:
	}
	return 3
}

func probeText(w io.Writer, r probe.Result, unprinted int, s Style) error {
	var b strings.Builder
	headline := fmt.Sprintf("%s: %s", r.Verdict, r.Why)
	if r.Events > 0 {
		headline += " in " + r.Took.Round(100*time.Millisecond).String()
		if r.Gaps == 0 {
			headline += ", no gaps"
		}
	}
	if r.Events > r.Backlog {
		headline += fmt.Sprintf("; delay median %s, p99 %s", short(r.MedianAge), short(r.P99Age))
	}
	b.WriteString(line("", 0, headline))
	if s.Chart {
		b.WriteString(chart(r.Delays))
	}
	if r.Events > 0 {
		fmt.Fprintf(&b, "  created %d, started %d, stopped %d, deleted %d\n", r.ByType["created"], r.ByType["started"], r.ByType["stopped"], r.ByType["deleted"])
	}
	for _, n := range []struct {
		count int
		text  string
	}{
		{r.Backlog, "from before the stream was opened (the runtime kept them)"},
		{r.NoStatus, "without a sandbox status; a kubelet drops these"},
		{r.Gaps, "before which another event must have been lost"},
		{r.Reconnects, "times the stream was opened again; events in between are missing"},
		{unprinted, "counted but not printed, because stdout was too slow"},
	} {
		if n.count > 0 {
			fmt.Fprintf(&b, "  %d %s\n", n.count, n.text)
		}
	}
	if r.Hint != "" {
		b.WriteString(line("  next", 8, r.Hint))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// short rounds a delay to what a person reads.
func short(d time.Duration) time.Duration {
	if d < time.Millisecond {
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(100 * time.Microsecond)
}

// chart draws the histogram of delays in one line: "<1ms ▂  1–2ms █".
func chart(delays []probe.Bucket) string {
	largest, last := 0, 0
	for i, d := range delays {
		largest = max(largest, d.Count)
		if d.Count > 0 {
			last = i
		}
	}
	if largest == 0 {
		return ""
	}
	bars := []rune(" ▁▂▃▄▅▆▇█")
	var b strings.Builder
	for i, d := range delays[:last+1] {
		label := "<" + d.Below.String()
		switch {
		case d.Below == 0:
			label = ">" + delays[i-1].Below.String()
		case i > 0:
			label = delays[i-1].Below.String() + "–" + d.Below.String()
		}
		height := (d.Count*8 + largest - 1) / largest
		fmt.Fprintf(&b, "  %s %c", label, bars[height])
	}
	return b.String() + "\n"
}
