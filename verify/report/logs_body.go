package report

import (
	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/known"
)

func logsBody(r logscan.Report, s logscan.Source) Logs {
	body := Logs{
		Reason: logscan.Escape(r.Reason), OlderRuns: r.Older, Runs: []LogRun{}, Ignored: r.Ignored,
		Source: LogSource{
			Name: logscan.Escape(s.Name), Verified: s.Verified, Lines: s.Read.Lines, Records: s.Read.Records,
			Cut: s.Read.Cut, Wrapped: s.Read.Wrapped, Bytes: s.Read.Bytes,
			First: moment(r.First), Last: moment(r.Last), Notices: escaped(s.Notices),
		},
	}
	for _, run := range r.Runs {
		body.Runs = append(body.Runs, logRun(run))
	}
	return body
}

func logRun(r logscan.Run) LogRun {
	run := LogRun{
		State: string(r.State), Reason: logscan.Escape(r.Reason),
		Invocation: logscan.Escape(r.Invocation), Boot: logscan.Escape(r.Boot), Unit: logscan.Escape(r.Unit), PID: r.PID,
		Runtime: logscan.Escape(r.Runtime), RuntimeVersion: logscan.Escape(r.RuntimeVersion),
		First: moment(r.First), Last: moment(r.Last), Incomplete: logscan.Escape(r.WhyIncomplete()),
		Verbosity: LogVerbosity(r.Verbosity),
		Gate:      LogGate{Value: r.Gate.Value.String(), How: logscan.Escape(r.Gate.How), Seen: logSeen(r.Gate.Seen)},
		Events: LogEvents{
			Count: r.Arrived(), First: moment(r.Events.First), Last: moment(r.Events.Last),
			Created: r.Events.Created, Started: r.Events.Started, Stopped: r.Events.Stopped, Deleted: r.Events.Deleted,
		},
		Errors: LogStreams{
			Count: r.Failed(), RetryLimit: known.MaxStreamRetries, First: logSeen(r.Errors.First), Last: logSeen(r.Errors.Last),
			Closed: r.Errors.Closed, Unimplemented: r.Errors.Unimplemented, Unavailable: r.Errors.Unavailable, Other: r.Errors.Other,
		},
		Malformed: r.Malformed, Exit: logscan.Escape(r.Exit), Limitations: escaped(r.Limits),
	}
	if !r.Version.IsZero() {
		run.Version = logscan.Escape(r.Version.String())
	}
	if f := r.FellBack; f != nil {
		run.FellBack = &LogFellBack{moment(f.At), f.Logged, logscan.Escape(f.Cause)}
	}
	if e := r.End; e != nil {
		run.End = &LogEnd{moment(e.At), logscan.Escape(e.Text), e.Gates, e.Panic, e.PLEG}
		if e.Gates {
			run.StartError = run.End.Text
		}
	}
	for _, issue := range knownBugs(r) {
		run.Known = append(run.Known, LogBug{issue.Code, issue.Title})
	}
	return run
}

// knownBugs are those that break pods with the kubelet and the runtime that the log names,
// where the gate is on, whatever pods there are. The log shows that events flow, not that they
// do harm.
func knownBugs(r logscan.Run) []known.Issue {
	if r.Gate.Value != logscan.GateOn || r.Version.IsZero() || r.Runtime == "" {
		return nil
	}
	version, err := known.Parse(r.RuntimeVersion)
	if err != nil {
		return nil
	}
	var bugs []known.Issue
	for _, issue := range known.Issues(known.KubeletAt(r.Version), known.RuntimeAt(known.RuntimeNamed(r.Runtime), version)) {
		if issue.Severity == known.Harmful && !issue.StaticPods && (issue.WithoutStream || r.State != logscan.StateFellBack) {
			bugs = append(bugs, issue)
		}
	}
	return bugs
}

func logSeen(f logscan.Finding) *LogSeen {
	if f.Kind == logscan.KindNone {
		return nil
	}
	return &LogSeen{moment(f.Time), f.Kind.String(), logscan.Escape(f.Text), logscan.Escape(f.Where), logscan.Escape(f.Cursor), f.Run}
}

func escaped(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = logscan.Escape(s)
	}
	return out
}
