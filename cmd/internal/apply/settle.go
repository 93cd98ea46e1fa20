package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// settle watches that the unit keeps its process and its invocation. A kubelet with a bad
// config dies some seconds after systemd called it started.
func (t *Transaction) settle(ctx context.Context, s plan.Settle) error {
	first, err := t.Host.Units.Unit(ctx, s.Unit)
	if err != nil {
		return err
	}
	for end := time.Now().Add(s.Window); ; {
		now, err := t.Host.Units.Unit(ctx, s.Unit)
		if err != nil && !time.Now().Before(end) {
			return err
		}
		// One look that fails does not mean a kubelet that died.
		if why := unsettled(first, now); err == nil && why != "" {
			return t.unitError(ctx, s.Unit, errors.New(why))
		}
		if !time.Now().Before(end) {
			return nil
		}
		if err := t.pause(ctx, t.poll()); err != nil {
			return err
		}
	}
}

func unsettled(first, now systemd.Unit) string {
	switch {
	case now.Active != "active":
		return "it did not stay up: " + now.Active + " (" + now.Sub + ")"
	case now.InvocationID != first.InvocationID:
		return "it was started again while it should have settled"
	case now.MainPID != first.MainPID:
		return fmt.Sprintf("its process changed from %d to %d while it should have settled", first.MainPID, now.MainPID)
	}
	return ""
}
