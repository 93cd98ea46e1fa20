package cmd

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/known"
)

func logsShort(state logscan.State, reason string) string {
	return string(state) + ": " + logscan.Escape(reason)
}

// logsText writes the verdict, then the last run in full, after a table of the others.
func logsText(w io.Writer, r logscan.Report, s logsSource, verbose bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", logsShort(r.State, r.Reason))
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(label, format string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", label, logscan.Escape(fmt.Sprintf(format, args...)))
	}
	row("log", "%s", sourceText(r, s))
	if run := r.Current(); run != nil {
		runText(row, run, verbose)
	}
	for _, notice := range s.notices {
		row("note", "%s", notice)
	}
	t.Flush()
	if len(r.Runs) > 1 || r.Older > 0 {
		b.WriteString(runsText(r))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func sourceText(r logscan.Report, s logsSource) string {
	text := s.name
	if s.format != "" {
		text += fmt.Sprintf(" (%s, %d lines)", s.format, s.lines)
	}
	if !r.First.IsZero() {
		text += ", " + moment(r.First) + " to " + moment(r.Last)
	}
	return text
}

func runText(row func(label, format string, args ...any), r *logscan.Run, verbose bool) {
	row("kubelet", "%s", kubeletText(r))
	if r.Runtime != "" {
		row("runtime", "%s %s", r.Runtime, r.RuntimeVersion)
	}
	row("verbosity", "%s", verbosityText(r.Verbosity))
	row("gate", "%s%s", gateText(r), seenAt(r.Gate.Seen))
	if n := r.Arrived(); n > 0 {
		row("events", "%d: %d created, %d started, %d stopped, %d deleted; %s to %s", n,
			r.Events.Created, r.Events.Started, r.Events.Stopped, r.Events.Deleted, moment(r.Events.First), moment(r.Events.Last))
	} else {
		row("events", "none in the log")
	}
	if n := r.Failed(); n > 0 {
		row("streams", "%d failed, of %d that a kubelet bears", n, known.MaxStreamRetries)
		row("  first", "%s%s", r.Errors.First.Text, seenAt(r.Errors.First))
		if r.Errors.Count > 1 {
			row("  last", "%s%s", r.Errors.Last.Text, seenAt(r.Errors.Last))
		}
	} else {
		row("streams", "no failed one in the log")
	}
	if r.FellBack != nil {
		row("fell back", "%s: %s", moment(r.FellBack.At), r.FellBack.Cause)
		row("", "It stays so until the kubelet is restarted.")
	}
	if r.Troubles > 0 {
		row("unusable", "%d events; first: %s%s", r.Troubles, r.Trouble.Text, seenAt(r.Trouble))
	}
	if r.End != nil {
		row("ended", "%s%s", r.End.Text, seenAt(r.End.Seen))
	}
	if r.Exit != "" {
		row("systemd", "%s", r.Exit)
	}
	for _, issue := range knownBugs(*r) {
		row("known bug", "%s: %s", issue.Code, issue.Title)
	}
	for _, limit := range r.Limits {
		row("cannot say", "%s", limit)
	}
	if verbose && r.Gate.Seen.Cursor != "" {
		row("cursor", "of the gate: %s", r.Gate.Seen.Cursor)
	}
}

func kubeletText(r *logscan.Run) string {
	text := "version not in the log"
	if !r.Version.IsZero() {
		text = r.Version.String()
	}
	if r.PID != 0 {
		text += fmt.Sprintf(", PID %d", r.PID)
	}
	if !r.StartSeen {
		return text + ", its start is not in the log"
	}
	return text + ", from its start at " + moment(r.First)
}

func gateText(r *logscan.Run) string {
	if r.Gate.Value == logscan.GateUnknown {
		return r.Gate.How
	}
	return r.Gate.Value.String() + ": " + r.Gate.How
}

func verbosityText(v logscan.Verbosity) string {
	if v.Exact {
		return fmt.Sprintf("%d", v.Level)
	}
	return fmt.Sprintf("%d at least", v.Level)
}

// seenAt says where in the log a finding stands.
func seenAt(f logscan.Finding) string {
	if f.Kind == logscan.KindNone {
		return ""
	}
	text := " ("
	if f.Where != "" {
		text += f.Where + ", "
	}
	if line, ok := strings.CutPrefix(f.Cursor, "line "); ok {
		text += "line " + line + ", "
	}
	return text + moment(f.Time) + ")"
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "a time that is not logged"
	}
	return t.Format("2006-01-02 15:04:05.000 MST")
}

// runsText is a line for each run.
func runsText(r logscan.Report) string {
	var b strings.Builder
	b.WriteByte('\n')
	if r.Older > 0 {
		fmt.Fprintf(&b, "%d older runs are not shown.\n", r.Older)
	}
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RUN\tSTART\tPID\tKUBELET\tGATE\tEVENTS\tFAILED STREAMS\tSTATE")
	for _, run := range r.Runs {
		version := "?"
		if !run.Version.IsZero() {
			version = logscan.Escape(run.Version.String())
		}
		name := fmt.Sprint(run.Index + 1)
		if len(run.Invocation) >= 8 {
			name = logscan.Escape(run.Invocation[:8])
		}
		state := string(run.State)
		if run.End != nil && run.End.Gates {
			state += " (did not start)"
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%d\t%d\t%s\n", name, moment(run.First), run.PID, version, run.Gate.Value, run.Arrived(), run.Failed(), state)
	}
	t.Flush()
	return b.String()
}
