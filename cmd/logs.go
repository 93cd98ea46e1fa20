package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/logscan"
)

type logsOptions struct {
	file, format, directory string
	unit, boot, invocation  string
	since, until            string
	follow                  bool
}

const logsLong = `Read the kubelet's log and say what it shows of Evented PLEG: which kubelet ran, the
gate and where it was seen, the container events that arrived, each failed event
stream, when and why the kubelet fell back to polling, and what a log of this
verbosity cannot say. Kubelets from 1.26 on, text and JSON.

"The gate is on" is no proof: only a kubelet at verbosity 4 or more logs that events
arrive. A failed event stream is logged at every verbosity, so fell-back is certain.

The default is the run of the kubelet that is running now. With --boot, --since or
--until it is every run in that time, and the state is that of the last.

  works         container events arrived, and no stream failed since
  fell-back     the kubelet only polls, until it is restarted
  off           the log shows that the gate is off
  inconclusive  the log does not say

Exit codes: 0 works or off; 3 fell-back, or a kubelet that does not start because it
refuses its feature gates; 4 inconclusive; 1 the log could not be read.`

func newLogsCommand(d *Deps) *cobra.Command {
	o := logsOptions{}
	c := &cobra.Command{
		Use:   "logs",
		Short: "Say what the kubelet's log shows of Evented PLEG",
		Long:  logsLong,
		Example: `  plegctl logs
  plegctl logs --boot 0 --invocation all
  plegctl logs --since 2h -o short
  plegctl logs --follow
  plegctl logs --file kubelet.log
  ssh node journalctl -u kubelet -o export | plegctl logs --file -`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runLogs(c.Context(), d, o) },
	}
	f := c.Flags()
	f.StringVar(&o.file, "file", "", "read this `file` instead of the journal; - is stdin")
	f.StringVar(&o.format, "format", "auto", "`format` of --file: auto, export, json, short, cri, docker or klog (also cat)")
	f.StringVar(&o.directory, "directory", "", "read the journal files in this `folder`")
	f.StringVar(&o.unit, "unit", "", "systemd `unit` of the kubelet (default: --kubelet-unit)")
	f.StringVar(&o.boot, "boot", "", "only this `boot`: an ID, 0 for the newest, -1 for the one before")
	f.StringVar(&o.invocation, "invocation", "", "`run` of the unit: current, all, or an invocation ID")
	f.StringVar(&o.since, "since", "", "only from this `time` on: 10m, 2h, 3d ago, or 2026-11-23 11:55, RFC 3339, @epoch")
	f.StringVar(&o.until, "until", "", "only up to this `time`")
	f.BoolVarP(&o.follow, "follow", "f", false, "go on with new entries, until Ctrl-C or --timeout")
	return c
}

func runLogs(ctx context.Context, d *Deps, o logsOptions) error {
	q, err := o.check(d)
	if err != nil {
		return err
	}
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	l := newLogsRun(d, o, q)
	if err := l.read(ctx); err != nil {
		return err
	}
	return l.conclude()
}

// logsRun is one run of the command.
type logsRun struct {
	d       *Deps
	o       logsOptions
	q       logsQuery
	scanner *logscan.Scanner
	// told is the state that a follower was told last.
	told logscan.State
	// err is what kept a finding from being told.
	err error

	source logsSource
}

func newLogsRun(d *Deps, o logsOptions, q logsQuery) *logsRun {
	l := &logsRun{d: d, o: o, q: q}
	options := logscan.Options{Now: d.Now()}
	if q.invocation == currentRun {
		options.MaxRuns = 1
	}
	if o.follow {
		options.Observe = l.tell
	}
	l.scanner = logscan.NewScanner(options)
	return l
}

func (l *logsRun) read(ctx context.Context) error {
	if l.o.file != "" {
		return l.readFile(ctx)
	}
	return l.readJournal(ctx)
}

// take gives one entry to the scanner.
func (l *logsRun) take(e logscan.Entry) error {
	l.scanner.Add(e)
	return l.err
}

// conclude gives the answer.
func (l *logsRun) conclude() error {
	r := l.scanner.Report()
	if r.Current() == nil && l.source.empty != "" {
		r.Reason = l.source.empty
	}
	if l.q.invocation == currentRun {
		r.Older = 0
	}
	code := ExitInconclusive
	if run := r.Current(); run != nil {
		code = logsCode(*run)
	}
	if l.o.follow {
		return l.endFollow(r, code)
	}
	return l.d.give(answer{
		kind: "Logs", state: string(r.State), code: code,
		body:  logsBody(r, l.source),
		short: logsShort(r.State, r.Reason),
		text:  func(w io.Writer) error { return logsText(w, r, l.source, l.d.Settings.Verbose) },
	})
}

// logsCode is the exit code of what a log says.
func logsCode(run logscan.Run) ExitCode {
	if run.End != nil && run.End.Gates {
		return ExitFailed
	}
	switch run.State {
	case logscan.StateWorks, logscan.StateOff:
		return ExitOK
	case logscan.StateFellBack:
		return ExitFailed
	case logscan.StateInconclusive:
	}
	return ExitInconclusive
}

func (o *logsOptions) check(d *Deps) (logsQuery, error) {
	formats := []string{"text", "short", "json", "junit"}
	if o.follow {
		formats = formats[:3]
	}
	switch {
	case !slices.Contains(formats, d.Settings.Output):
		return logsQuery{}, usage(fmt.Errorf("logs has no output format %q here", d.Settings.Output), "use -o text, short or json")
	case o.file != "" && o.directory != "":
		return logsQuery{}, usage(errors.New("--file and --directory cannot be combined"), "give one of the two")
	case o.file == "" && o.format != "auto":
		return logsQuery{}, usage(errors.New("--format is for --file only"), "the journal has one format")
	case o.follow && o.until != "":
		return logsQuery{}, usage(errors.New("--follow and --until cannot be combined"), "use --timeout to end it")
	}
	return o.query(d)
}
