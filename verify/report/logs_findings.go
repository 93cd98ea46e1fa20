package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/plegctl/plegctl/logscan"
)

// LogFinding is the body of one line of `logs --follow -o json`: a finding, with the state
// after it in the envelope.
type LogFinding struct{ LogSeen }

// Findings prints what a log that is followed shows, as text, JSON Lines, or each change of
// the state (short).
type Findings struct {
	w      io.Writer
	format string
	// state is the one that was printed last.
	state logscan.State
}

// NewFindings returns a printer that writes to w in a format.
func NewFindings(w io.Writer, format string) *Findings { return &Findings{w: w, format: format} }

// Finding prints one finding and, where it changed, the state of the run after it.
func (p *Findings) Finding(f logscan.Finding, run logscan.Run) error {
	changed := run.State != p.state
	p.state = run.State
	if p.format == "json" {
		doc := struct {
			Envelope
			LogFinding
		}{Envelope{APIVersion: APIVersion, Kind: "LogFinding", State: string(run.State), ExitCode: logsCode(run.State)}, LogFinding{*logSeen(f)}}
		text, err := marshalJSON(doc)
		if err != nil {
			return fmt.Errorf("encode a finding: %w", err)
		}
		return p.print(string(text))
	}
	if p.format == "text" {
		severity, where := byte(' '), ""
		if f.Severity != 0 {
			severity = f.Severity
		}
		if f.Where != "" {
			where = "  (" + f.Where + ")"
		}
		if err := p.print(fmt.Sprintf("%s %c %s%s", logTime(f.Time), severity, strings.TrimSpace(logscan.Escape(f.Text)), logscan.Escape(where))); err != nil || !changed {
			return err
		}
		return p.print("state: " + logsShort(run.State, run.Reason))
	}
	if changed {
		return p.print(logsShort(run.State, run.Reason))
	}
	return nil
}

func (p *Findings) print(line string) error {
	if _, err := fmt.Fprintln(p.w, line); err != nil {
		return fmt.Errorf("write the findings: %w", err)
	}
	return nil
}

// FollowedDocument returns the last line of `logs --follow`.
func FollowedDocument(r logscan.Report, src logscan.Source) Document {
	d := LogsDocument(r, src)
	d.Line, d.Text = true, nil
	return d
}
