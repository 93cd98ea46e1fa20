package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/logread"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/report"
)

const logsLong = `Analyze a kubelet's log for Evented PLEG: which kubelet ran, the gate and where
it was seen, the container events that arrived, each failed event stream, when
and why the kubelet fell back to polling, and what a log of this verbosity
cannot show. Kubelets from 1.26 on, text and JSON.

"The gate is on" proves nothing: a kubelet logs arriving events at verbosity 4
and above only. It logs a failed event stream at every verbosity, so fell-back
is certain.

By default the run of the kubelet that is running now is analyzed. With --boot,
--since or --until it is every run in that time; the state is that of the last.

A file may come from anywhere: the journal, a container, a cloud's export, a
chat. Records are found whatever is around them; who wrote them is not verified.

  works         container events arrived, and no stream failed since
  fell-back     the kubelet only polls until it is restarted
  off           the log shows that the gate is off
  ended         the log ends with the end of the kubelet
  inconclusive  the log does not show it`

func newLogsCommand(d *Deps) *cobra.Command {
	o := logread.Flags{}
	c := &cobra.Command{
		Use:   "logs",
		Short: "Analyze kubelet logs for Evented PLEG",
		Long:  logsLong,
		Example: `  plegctl logs
  plegctl logs --boot 0 --invocation all
  plegctl logs --since 2h -o short
  plegctl logs --follow
  plegctl logs --file kubelet.log
  ssh node journalctl -u kubelet -o export | plegctl logs --file -`,
		Annotations: cli.ExitStatus("0 works or off, 3 fell-back or ended, 4 inconclusive, 1 unreadable"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runLogs(c.Context(), d, o) },
	}
	f := c.Flags()
	f.StringVar(&o.File, "file", "", "read `FILE` instead of the journal; - is stdin")
	f.StringVar(&o.Directory, "directory", "", "read the journal files in `DIR`")
	f.StringVar(&o.Unit, "unit", "", "systemd `UNIT` of the kubelet (default: --kubelet-unit)")
	f.StringVar(&o.Boot, "boot", "", "only this `BOOT`: an ID, 0 (newest), -1 (before it)")
	f.StringVar(&o.Invocation, "invocation", "", "`RUN` of the unit: current, all, or an invocation ID")
	f.StringVar(&o.Since, "since", "", "from `TIME` on: 2h (ago), 2026-11-23 11:55, RFC 3339 or @epoch")
	f.StringVar(&o.Until, "until", "", "up to `TIME`")
	f.BoolVarP(&o.Follow, "follow", "f", false, "print new entries until Ctrl-C or --timeout")
	cli.CompleteBy(c, "invocation", func(*cobra.Command) []string { return []string{"current", "all"} })
	return c
}

func runLogs(ctx context.Context, d *Deps, o logread.Flags) error {
	q, err := o.Query(d.Settings.KubeletUnit, d.Now())
	switch {
	case err != nil:
		return err
	case o.Follow && d.Settings.Output == "junit":
		return usage(errors.New("--follow and -o junit cannot be combined"), "use -o text, short or json")
	}
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	if o.File == "-" && d.Streams.InTTY {
		d.notice("reading the log from the terminal; end it with Ctrl-D")
	}
	reader := logread.Reader{
		Query: q, Stdin: d.Streams.In, Root: d.Settings.Root, Now: d.Now,
		Host:   func(ctx context.Context) (*node.Host, error) { return d.Host(ctx, d.Settings) },
		Notice: func(text string) { d.notice("%s", logscan.Escape(text)) },
	}
	scanner, printed := d.logScanner(q)
	source, err := reader.Read(ctx, func(e logscan.Entry) error {
		scanner.Add(e)
		return *printed
	})
	if err != nil {
		return err
	}
	r := scanner.Report()
	if r.Current() == nil && source.Empty != "" {
		r.Reason = source.Empty
	}
	if o.Follow {
		return d.printResult(report.FollowedDocument(r, source))
	}
	return d.printResult(report.LogsDocument(r, source))
}

// logScanner returns a scanner that prints its findings where the log is followed, and what
// kept it from printing one.
func (d *Deps) logScanner(q logread.Query) (*logscan.Scanner, *error) {
	var scanner *logscan.Scanner
	var failed error
	options := logscan.Options{Now: d.Now(), MaxRuns: q.Runs(), Unit: q.Unit()}
	if q.Follow() {
		printer := report.NewFindings(d.Streams.Out, d.Settings.Output)
		options.Observe = func(f logscan.Finding) {
			d.answered = true
			if run, _ := scanner.Current(); failed == nil {
				failed = printer.Finding(f, run)
			}
		}
	}
	scanner = logscan.NewScanner(options)
	return scanner, &failed
}
