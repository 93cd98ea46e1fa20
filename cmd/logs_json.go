package cmd

import (
	"time"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/known"
)

// logsJSON is the body of `logs`. All text out of the log is escaped, so that it can be
// shown on a terminal as it is.
type logsJSON struct {
	Reason    string     `json:"reason"`
	Source    sourceJSON `json:"source"`
	Runs      []runJSON  `json:"runs"`
	OlderRuns int        `json:"olderRuns"`
}

type sourceJSON struct {
	Name    string     `json:"name"`
	Format  string     `json:"format,omitempty"`
	Lines   int64      `json:"lines,omitempty"`
	Bytes   int64      `json:"bytes,omitempty"`
	First   *time.Time `json:"first,omitempty"`
	Last    *time.Time `json:"last,omitempty"`
	Notices []string   `json:"notices"`
}

type runJSON struct {
	State      string     `json:"state"`
	Reason     string     `json:"reason"`
	Invocation string     `json:"invocation,omitempty"`
	Boot       string     `json:"boot,omitempty"`
	Unit       string     `json:"unit,omitempty"`
	PID        int        `json:"pid,omitempty"`
	Version    string     `json:"kubeletVersion,omitempty"`
	Runtime    string     `json:"runtime,omitempty"`
	RuntimeV   string     `json:"runtimeVersion,omitempty"`
	First      *time.Time `json:"first,omitempty"`
	Last       *time.Time `json:"last,omitempty"`
	// StartSeen and Suppressed: whether the absence of a message means something.
	StartSeen  bool           `json:"startSeen"`
	Suppressed int            `json:"suppressed,omitempty"`
	Verbosity  verbosityJSON  `json:"verbosity"`
	Gate       gateJSON       `json:"gate"`
	Events     eventsJSON     `json:"events"`
	Errors     streamJSON     `json:"streamErrors"`
	Troubles   int            `json:"unusableEvents,omitempty"`
	FellBack   *fellBackJSON  `json:"fellBack,omitempty"`
	NotStarted string         `json:"willNotStart,omitempty"`
	End        *endJSON       `json:"end,omitempty"`
	Exit       string         `json:"exit,omitempty"`
	Limits     []string       `json:"cannotSay"`
	Known      []knownBugJSON `json:"knownBugs,omitempty"`
}

type verbosityJSON struct {
	Level int  `json:"level"`
	Exact bool `json:"exact"`
}

type gateJSON struct {
	Value string       `json:"value"`
	How   string       `json:"how"`
	Seen  *findingJSON `json:"seen,omitempty"`
}

type eventsJSON struct {
	Count   int        `json:"count"`
	First   *time.Time `json:"first,omitempty"`
	Last    *time.Time `json:"last,omitempty"`
	Created int        `json:"created"`
	Started int        `json:"started"`
	Stopped int        `json:"stopped"`
	Deleted int        `json:"deleted"`
}

type streamJSON struct {
	Count         int          `json:"count"`
	Bears         int          `json:"bears"`
	First         *findingJSON `json:"first,omitempty"`
	Last          *findingJSON `json:"last,omitempty"`
	Closed        int          `json:"closed"`
	Unimplemented int          `json:"unimplemented"`
	Unavailable   int          `json:"unavailable"`
	Other         int          `json:"other"`
}

type fellBackJSON struct {
	At     *time.Time `json:"at,omitempty"`
	Logged bool       `json:"logged"`
	Cause  string     `json:"cause"`
}

type endJSON struct {
	At    *time.Time `json:"at,omitempty"`
	Text  string     `json:"text"`
	Gates bool       `json:"gates"`
	Panic bool       `json:"panic"`
	PLEG  bool       `json:"traceNamesPLEG"`
}

type findingJSON struct {
	At     *time.Time `json:"at,omitempty"`
	What   string     `json:"what"`
	Text   string     `json:"text"`
	Where  string     `json:"where,omitempty"`
	Cursor string     `json:"cursor,omitempty"`
	Run    int        `json:"run"`
}

type knownBugJSON struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

func logsBody(r logscan.Report, s logsSource) logsJSON {
	body := logsJSON{
		Reason: logscan.Escape(r.Reason), OlderRuns: r.Older, Runs: []runJSON{},
		Source: sourceJSON{
			Name: logscan.Escape(s.name), Format: string(s.format), Lines: s.lines, Bytes: s.bytes,
			First: timeJSON(r.First), Last: timeJSON(r.Last), Notices: escaped(s.notices),
		},
	}
	for _, run := range r.Runs {
		body.Runs = append(body.Runs, oneRunJSON(run))
	}
	return body
}

func oneRunJSON(r logscan.Run) runJSON {
	run := runJSON{
		State: string(r.State), Reason: logscan.Escape(r.Reason),
		Invocation: logscan.Escape(r.Invocation), Boot: logscan.Escape(r.Boot), Unit: logscan.Escape(r.Unit), PID: r.PID,
		Runtime: logscan.Escape(r.Runtime), RuntimeV: logscan.Escape(r.RuntimeVersion),
		First: timeJSON(r.First), Last: timeJSON(r.Last), StartSeen: r.StartSeen, Suppressed: r.Suppressed,
		Verbosity: verbosityJSON(r.Verbosity),
		Gate:      gateJSON{Value: r.Gate.Value.String(), How: logscan.Escape(r.Gate.How), Seen: oneFindingJSON(r.Gate.Seen)},
		Events: eventsJSON{Count: r.Arrived(), First: timeJSON(r.Events.First), Last: timeJSON(r.Events.Last),
			Created: r.Events.Created, Started: r.Events.Started, Stopped: r.Events.Stopped, Deleted: r.Events.Deleted},
		Errors: streamJSON{Count: r.Failed(), Bears: known.MaxStreamRetries, First: oneFindingJSON(r.Errors.First), Last: oneFindingJSON(r.Errors.Last),
			Closed: r.Errors.Closed, Unimplemented: r.Errors.Unimplemented, Unavailable: r.Errors.Unavailable, Other: r.Errors.Other},
		Troubles: r.Troubles, Exit: logscan.Escape(r.Exit), Limits: escaped(r.Limits),
	}
	if !r.Version.IsZero() {
		run.Version = logscan.Escape(r.Version.String())
	}
	if f := r.FellBack; f != nil {
		run.FellBack = &fellBackJSON{timeJSON(f.At), f.Logged, logscan.Escape(f.Cause)}
	}
	if e := r.End; e != nil {
		run.End = &endJSON{timeJSON(e.At), logscan.Escape(e.Text), e.Gates, e.Panic, e.PLEG}
		if e.Gates {
			run.NotStarted = run.End.Text
		}
	}
	for _, issue := range knownBugs(r) {
		run.Known = append(run.Known, knownBugJSON{issue.Code, issue.Title})
	}
	return run
}

// knownBugs are those that break pods with the kubelet and the runtime that the log names,
// where the gate is on, whatever pods there are. The log tells that events flow; that they
// do harm it does not.
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

func oneFindingJSON(f logscan.Finding) *findingJSON {
	if f.Kind == logscan.KindNone {
		return nil
	}
	return &findingJSON{timeJSON(f.Time), f.Kind.String(), logscan.Escape(f.Text), logscan.Escape(f.Where), logscan.Escape(f.Cursor), f.Run}
}

func timeJSON(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func escaped(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = logscan.Escape(s)
	}
	return out
}
