package cmd

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/logscan"
)

// historyEntry is one transaction in JSON.
type historyEntry struct {
	ID       string     `json:"id"`
	Goal     string     `json:"goal"`
	At       time.Time  `json:"at"`
	EndedAt  *time.Time `json:"endedAt,omitempty"`
	Outcome  string     `json:"outcome"`
	Why      string     `json:"why,omitempty"`
	Who      record.Who `json:"who"`
	Reason   string     `json:"reason,omitempty"`
	Accepted []string   `json:"accepted,omitempty"`
	Undoes   []string   `json:"undoes,omitempty"`
	UndoneBy string     `json:"undoneBy,omitempty"`
	Files    []fileBody `json:"files"`
	Kubelet  string     `json:"kubeletVersion,omitempty"`
	Runtime  string     `json:"runtime,omitempty"`
	State    string     `json:"state,omitempty"`
	Rung     string     `json:"rung,omitempty"`
	// Pending and ConfirmedBy are there for a change on condition.
	ConfirmBy   *time.Time  `json:"confirmBy,omitempty"`
	ConfirmedBy *record.Who `json:"confirmedBy,omitempty"`
	Notes       []string    `json:"notes,omitempty"`
}

func newHistoryCommand(d *Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "history",
		Short: "Show past changes: who, when, what, why, and how they ended",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return runHistory(c, d) },
	}
}

func runHistory(cmd *cobra.Command, d *Deps) error {
	c, err := lookSession(cmd.Context(), d, true)
	if err != nil {
		return err
	}
	defer c.close()
	entries := make([]historyEntry, 0, len(c.past))
	for _, t := range slices.Backward(c.past) {
		entries = append(entries, historyOf(t, c.past))
	}
	return d.give(answer{
		kind: "History", short: fmt.Sprintf("%d changes", len(entries)),
		body: struct {
			Changes []historyEntry `json:"changes"`
		}{entries},
		text: func(w io.Writer) error { return textHistory(w, entries) },
	})
}

func historyOf(t record.Transaction, all []record.Transaction) historyEntry {
	e := historyEntry{
		ID: t.ID, Goal: string(t.Begin.Goal), At: t.At, Outcome: string(t.Outcome()), Who: t.Begin.Who, Reason: t.Begin.Reason,
		Accepted: t.Begin.Accepted, Undoes: t.Begin.Undoes, Files: []fileBody{}, Kubelet: t.Begin.Kubelet,
		Runtime: t.Begin.Runtime, ConfirmedBy: t.ConfirmedBy, Notes: t.Notes,
	}
	if t.Ended != nil {
		e.EndedAt, e.Why, e.State, e.Rung, e.ConfirmBy = &t.EndedAt, t.Ended.Cause, t.Ended.State, t.Ended.Rung, t.Ended.ConfirmBy
	}
	for _, f := range record.Files(t) {
		action := "edit"
		switch {
		case !f.Before.Exists:
			action = "create"
		case !f.After.Exists:
			action = "remove"
		}
		e.Files = append(e.Files, fileBody{f.Path, action})
	}
	for _, later := range all {
		if slices.Contains(later.Begin.Undoes, t.ID) && later.Outcome() == record.Committed {
			e.UndoneBy = later.ID
		}
	}
	return e
}

func textHistory(w io.Writer, entries []historyEntry) error {
	if len(entries) == 0 {
		_, err := fmt.Fprintln(w, "plegctl has changed nothing on this node")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "RECORD\tWHEN\tWHO\tHOW IT ENDED\tREASON")
	for _, e := range entries {
		how := e.Outcome
		switch {
		case e.UndoneBy != "":
			how += ", taken back by " + e.UndoneBy
		case e.ConfirmBy != nil && e.ConfirmedBy == nil:
			how += ", not confirmed until " + e.ConfirmBy.UTC().Format(time.RFC3339)
		case e.Why != "":
			how += ": " + e.Why
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", e.ID, e.At.UTC().Format(time.RFC3339),
			logscan.Escape(e.Who.String()), logscan.Escape(how), logscan.Escape(e.Reason))
	}
	return table.Flush()
}
