package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/plegctl/plegctl/verify/cost"
)

// Measure is the body of `measure` in JSON; an earlier one is what --against takes.
type Measure struct {
	// Figures are the rates of this window.
	Figures cost.Figures `json:"figures"`
	// Before are those of the answer that --against named.
	Before *cost.Figures `json:"before,omitempty"`
}

// MeasureDocument returns the answer of `measure`.
func MeasureDocument(m Measure) Document {
	return Document{
		Kind: "Measure", Body: m, Text: m.text,
		Short: fmt.Sprintf("kubelet %.2f %% CPU, %.1f relists a minute", m.Figures.KubeletCPU, m.Figures.RelistsPerMinute),
	}
}

// text is a table; with a chart where two windows are compared and the style has charts.
func (m Measure) text(w io.Writer, s Style) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name, unit string, of func(cost.Figures) float64) {
		now := of(m.Figures)
		fmt.Fprintf(table, "%s\t%.2f\t", name, now)
		if m.Before != nil {
			fmt.Fprintf(table, "%.2f\t", of(*m.Before))
		}
		fmt.Fprint(table, unit)
		if m.Before != nil && s.Chart && unit != " s" {
			fmt.Fprintf(table, "  %s", compared(now, of(*m.Before)))
		}
		fmt.Fprintln(table)
	}
	fmt.Fprint(table, "\tnow\t")
	if m.Before != nil {
		fmt.Fprint(table, "before\t")
	}
	fmt.Fprintln(table)
	row("window", " s", func(f cost.Figures) float64 { return f.Seconds })
	row("kubelet CPU", " % of one core", func(f cost.Figures) float64 { return f.KubeletCPU })
	if m.Figures.RuntimeCPUSeen {
		row("runtime CPU", " % of one core", func(f cost.Figures) float64 { return f.RuntimeCPU })
	}
	row("relists", " a minute", func(f cost.Figures) float64 { return f.RelistsPerMinute })
	row("container events", " a minute", func(f cost.Figures) float64 { return f.EventsPerMinute })
	row("event delay", " s, mean", func(f cost.Figures) float64 { return f.EventDelay })
	return table.Flush()
}

// compared draws a figure as a bar against the one before, which is ten blocks long.
func compared(now, before float64) string {
	if before <= 0 {
		return ""
	}
	blocks := min(int(10*now/before+0.5), 20)
	return strings.Repeat("█", blocks) + strings.Repeat("░", max(10-blocks, 0))
}
