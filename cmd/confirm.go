package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

func newConfirmCommand(d *Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "confirm",
		Short: "Keep a change that was made with --confirm-within",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return runConfirm(c.Context(), d) },
	}
}

func runConfirm(ctx context.Context, d *Deps) error {
	c, err := changeSession(ctx, d, nil)
	if err != nil {
		return err
	}
	defer c.close()
	t, ok := c.waiting()
	if !ok {
		return hint.With(errors.New("nothing waits for a confirmation"), "`plegctl history` shows what was changed, and how it ended")
	}
	w, err := c.store.Resume(t.ID)
	if err != nil {
		return err
	}
	if err := errors.Join(w.Confirm(whoRuns(d)), w.Close()); err != nil {
		return hint.With(err, "the change is not confirmed; free some space and run `plegctl confirm` again")
	}
	// From here on the change stays: a revert that fires now finds it confirmed.
	(&revert{change: c}).disarm(ctx, t.ID)
	return d.giveDone(answer{
		kind: "Confirm", changed: true, short: "confirm: " + t.ID + " stays",
		body: struct {
			Record string `json:"record"`
		}{t.ID},
	})
}

// waiting is the change that undoes itself unless it is confirmed.
func (c *change) waiting() (record.Transaction, bool) {
	for _, t := range record.Outstanding(c.past) {
		if t.Pending() {
			return t, true
		}
	}
	return record.Transaction{}, false
}

// confirmBy is until when a record must be confirmed, if it must.
func (c *change) confirmBy(id string) (time.Time, bool) {
	if id == "" || c.readPast() != nil {
		return time.Time{}, false
	}
	t, ok := c.waiting()
	if !ok || t.ID != id {
		return time.Time{}, false
	}
	return *t.Ended.ConfirmBy, true
}

// settled refuses a change while another one waits for its confirmation.
func (c *change) settled() error {
	t, ok := c.waiting()
	if !ok {
		return nil
	}
	return withCode(ExitRefused, hint.With(
		fmt.Errorf("%s waits for its confirmation until %s", t.ID, t.Ended.ConfirmBy.UTC().Format(time.RFC3339)),
		"`plegctl confirm` keeps it, `plegctl rollback` takes it back"))
}
