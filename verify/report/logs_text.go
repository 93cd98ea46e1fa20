package report

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
func logsText(w io.Writer, r logscan.Report, s logscan.Source, style Style) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", logsShort(r.State, r.Reason))
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(label, format string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", label, logscan.Escape(fmt.Sprintf(format, args...)))
	}
	row("log", "%s", sourceText(r, s))
	if run := r.Current(); run != nil {
		runText(row, run, style.Verbose)
	}
	if r.Older > 0 {
		row("older", "%s before, not shown: --invocation all", counted(r.Older, "run"))
	}
	if r.Ignored > 0 {
		row("ignored", "%s of other programs, processes or users", counted(r.Ignored, "message"))
	}
	for _, notice := range s.Notices {
		row("note", "%s", notice)
	}
	t.Flush()
	if len(r.Runs) > 1 {
		b.WriteString(runsText(r))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func sourceText(r logscan.Report, s logscan.Source) string {
	text := s.Name
	if s.Read.Lines > 0 {
		text += fmt.Sprintf(" (%s, %d recognized)", counted(int(s.Read.Lines), "line"), s.Read.Records)
	}
	if !r.First.IsZero() {
		text += ", " + logTime(r.First) + " to " + logTime(r.Last)
	}
	if !s.Verified {
		text += "; from a file, not verified"
	}
	return text
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
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
			r.Events.Created, r.Events.Started, r.Events.Stopped, r.Events.Deleted, logTime(r.Events.First), logTime(r.Events.Last))
	} else {
		row("events", "%s", absent(r, "none in the log"))
	}
	if n := r.Failed(); n > 0 {
		row("streams", "%d failed; a kubelet stops retrying after %d", n, known.MaxStreamRetries)
		row("  first", "%s%s", r.Errors.First.Text, seenAt(r.Errors.First))
		if r.Errors.Count > 1 {
			row("  last", "%s%s", r.Errors.Last.Text, seenAt(r.Errors.Last))
		}
	} else {
		row("streams", "%s", absent(r, "no failed one in the log"))
	}
	if r.FellBack != nil {
		row("fell back", "%s: %s", logTime(r.FellBack.At), r.FellBack.Cause)
		row("", "It does not recover until the kubelet restarts.")
	}
	if r.Malformed > 0 {
		row("malformed", "%s; the first: %s%s", counted(r.Malformed, "event"), r.FirstMalformed.Text, seenAt(r.FirstMalformed))
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
		row("limitation", "%s", limit)
	}
	if verbose && r.Gate.Seen.Cursor != "" {
		row("cursor", "of the gate: %s", r.Gate.Seen.Cursor)
	}
}

// absent is the text for what was not found: "not in the log" is true of a whole log
// only.
func absent(r *logscan.Run, none string) string {
	if why := r.WhyIncomplete(); why != "" {
		return "none found, but the log is incomplete: " + why
	}
	return none
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
	return text + ", from its start at " + logTime(r.First)
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
	return fmt.Sprintf("at least %d", v.Level)
}

// seenAt is where in the log a finding is.
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
	return text + logTime(f.Time) + ")"
}

func logTime(t time.Time) string {
	if t.IsZero() {
		return "a time that is not logged"
	}
	return t.Format("2006-01-02 15:04:05.000 MST")
}

// runsText is a line for each run.
func runsText(r logscan.Report) string {
	var b strings.Builder
	b.WriteByte('\n')
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
		switch {
		case run.End != nil && run.End.Gates:
			state += " (did not start)"
		case run.End != nil:
			state += " (failed)"
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%d\t%d\t%s\n", name, logTime(run.First), run.PID, version, run.Gate.Value, run.Arrived(), run.Failed(), state)
	}
	t.Flush()
	return b.String()
}
