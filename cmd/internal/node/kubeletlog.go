package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify"
)

// errNeedless ends the reading of a log that cannot change the verdict any more.
var errNeedless = errors.New("the kubelet's metrics decide, so it was not read to its end")

// kubeletLog reads the log of the kubelet's present run from the journal.
func (s *sight) kubeletLog(ctx context.Context) {
	if s.host.Journal == nil {
		s.facts.Kubelet.Log = offline[*logscan.Run]()
		s.facts.Node.JournalReadable = offline[bool]()
		return
	}
	query, why := s.logQuery()
	if why != "" {
		s.facts.Kubelet.Log = verify.Unseen[*logscan.Run](why, "")
		s.facts.Node.JournalReadable = verify.Unseen[bool](why, "")
		return
	}
	ctx, cancel := context.WithTimeoutCause(ctx, lifecycle.LogRead, fmt.Errorf("it could not be read to its end in %s", lifecycle.LogRead))
	defer cancel()
	scanner := logscan.NewScanner(logscan.Options{Now: s.host.Now(), MaxRuns: 1, Unit: first(s.facts.Kubelet.Unit.Value.Name, s.unitName())})
	n := 0
	err := s.host.Journal.Read(ctx, query, func(e logscan.Entry) error {
		n++
		scanner.Add(e)
		return nil
	})
	cut := ""
	if ctx.Err() != nil {
		cut, err = context.Cause(ctx).Error(), nil
	}
	switch {
	case err != nil:
		s.facts.Kubelet.Log = unseen[*logscan.Run](err)
		s.facts.Node.JournalReadable = unseen[bool](err)
		return
	case n == 0 && cut != "":
		s.facts.Kubelet.Log = verify.Unseen[*logscan.Run](cut, "")
		s.facts.Node.JournalReadable = verify.Unseen[bool](cut, "")
		return
	case n == 0:
		why := "the journal holds no entry of the kubelet's present run"
		s.facts.Kubelet.Log = verify.Unseen[*logscan.Run](why, "run as root, or as a member of the group systemd-journal")
		s.facts.Node.JournalReadable = verify.Unseen[bool](why, "")
		return
	}
	s.facts.Node.JournalReadable = verify.Seen(true, "journal")
	report := scanner.Report()
	run := report.Current()
	if run == nil {
		s.facts.Kubelet.Log = verify.Unseen[*logscan.Run](first(cut, "the log does not show the kubelet"), "")
		return
	}
	run.Unread = cut
	s.facts.Kubelet.Log = verify.Seen(run, s.logName())
	s.kubelet.byLog = loggedGate(run.Gate)
}

// logQuery chooses the entries of the present run: by the unit's invocation, else by unit
// and time.
func (s *sight) logQuery() (journal.Query, string) {
	unit, process := s.facts.Kubelet.Unit, s.facts.Kubelet.Process
	switch {
	case unit.Seen && unit.Value.InvocationID != "":
		return journal.Query{Invocation: unit.Value.InvocationID}, ""
	case process.Seen:
		return journal.Query{Unit: s.unitName(), Boot: "0", Since: process.Value.Start.Add(-process.Value.Slack)}, ""
	}
	return journal.Query{}, "no kubelet is running"
}

func (s *sight) logName() string {
	if id := s.facts.Kubelet.Unit.Value.InvocationID; len(id) >= 8 {
		return "journal of run " + id[:8]
	}
	return "journal of " + s.unitName()
}

// loggedGate is the running gate as the log shows it.
func loggedGate(gate logscan.Gate) verify.Fact[bool] {
	if gate.Value == logscan.GateUnknown {
		return verify.Unseen[bool]("the log does not show the gate", "")
	}
	fact := verify.Seen(gate.Value == logscan.GateOn, "log, "+gate.How)
	fact.Inferred = gate.Seen.Kind == logscan.KindNone // no entry says it
	return fact
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
