package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/logscan"
)

// follow goes on behind the last entry that was read, through restarts of the kubelet,
// unless one run was asked for by its ID.
func (l *logsRun) follow(ctx context.Context, source node.Journal, q journal.Query, last string) error {
	if len(l.q.invocation) != 32 {
		q.Invocation = ""
	}
	q.Follow, q.Pattern, q.AfterCursor = true, logscan.Pattern(), last
	q.Boot = "" // a new boot is a new kubelet
	if last == "" && q.Since.IsZero() {
		q.Since = l.d.Now()
	}
	err := source.Read(ctx, q, l.take)
	if err != nil && errors.Is(err, ctx.Err()) {
		return nil // that is how following ends
	}
	return err
}

// followLine is a line of JSON of logs --follow: a finding, with the state after it.
type followLine struct {
	Envelope
	findingJSON
}

// tell tells a finding to whoever follows, and the state where that has changed.
func (l *logsRun) tell(f logscan.Finding) {
	if l.err != nil {
		return
	}
	run, found := l.scanner.Current()
	changed := found && run.State != l.told
	if changed {
		l.told = run.State
	}
	switch l.d.Settings.Output {
	case "json":
		l.err = l.d.jsonLine(followLine{Envelope{APIVersion: apiVersion, Kind: "LogFinding", State: string(run.State), ExitCode: logsCode(run)}, *oneFindingJSON(f)})
	case "short":
		if changed {
			l.err = l.line(logsShort(run.State, run.Reason))
		}
	default:
		severity := byte(' ')
		if f.Severity != 0 {
			severity = f.Severity
		}
		where := ""
		if f.Where != "" {
			where = "  (" + f.Where + ")"
		}
		l.err = l.line(fmt.Sprintf("%s %c %s%s", moment(f.Time), severity, strings.TrimSpace(logscan.Escape(f.Text)), logscan.Escape(where)))
		if changed && l.err == nil {
			l.err = l.line("state: " + logsShort(run.State, run.Reason))
		}
	}
}

func (l *logsRun) line(text string) error {
	l.d.answered = true
	_, err := fmt.Fprintln(l.d.Streams.Out, text)
	return err
}

// endFollow is the last line: the state when following ended.
func (l *logsRun) endFollow(r logscan.Report, code ExitCode) error {
	var err error
	if l.d.Settings.Output == "json" {
		err = l.d.jsonLine(struct {
			Envelope
			logsJSON
		}{Envelope{APIVersion: apiVersion, Kind: "Logs", State: string(r.State), ExitCode: code}, logsBody(r, l.source)})
	} else {
		err = l.line(logsShort(r.State, r.Reason))
	}
	if err == nil && code != ExitOK {
		return answered{code}
	}
	return err
}
