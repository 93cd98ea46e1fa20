package verify

import "fmt"

// Attention is something on the node that needs a person, whatever the state of Evented
// PLEG is.
type Attention struct {
	// Code is stable: "interrupted-change", "failed-rollback", "unconfirmed-change",
	// "drift", "unreadable-history".
	Code string
	// Urgent reports whether a monitor must not say that all is well.
	Urgent        bool
	Message, Hint string
}

// attention lists what needs a hand, most severe first.
func attention(f Facts) []Attention {
	var all []Attention
	own := f.Own
	atWork := own.LockHolder.Seen && own.LockHolder.Value != ""
	if t := own.Open; t != nil && !atWork {
		all = append(all, Attention{
			Code: "interrupted-change", Urgent: true, Hint: "plegctl recover",
			Message: fmt.Sprintf("the change %s (%s of %s) was interrupted", t.ID, t.Command, stamp(t.At)),
		})
	}
	if t := own.Last; t != nil && t.State == StateFailed {
		all = append(all, Attention{
			Code: "failed-rollback", Urgent: true, Hint: "plegctl recover",
			Message: fmt.Sprintf("the rollback of %s failed: some files or units are not as before", t.ID),
		})
	}
	if c := own.Confirm; c != nil {
		all = append(all, Attention{
			Code: "unconfirmed-change", Hint: "plegctl confirm, or plegctl rollback",
			Message: fmt.Sprintf("the change %s reverts itself at %s unless it is confirmed", c.ID, stamp(c.Until)),
		})
	}
	for _, d := range own.Drift {
		all = append(all, Attention{
			Code: "drift", Hint: "plegctl history shows what plegctl wrote; plegctl rollback shows the difference",
			Message: d.Path + " was changed after plegctl wrote it",
		})
	}
	if own.Problem != "" {
		a := Attention{Code: "unreadable-history", Hint: "run as root", Message: "cannot read the change history: " + own.Problem}
		if own.Damaged {
			a.Urgent, a.Hint = true, "look at what the message names: plegctl changes nothing until it is repaired or moved away"
		}
		all = append(all, a)
	}
	return all
}

// Urgent reports whether something on the node must not wait.
func (v Verdict) Urgent() bool {
	for _, a := range v.Attention {
		if a.Urgent {
			return true
		}
	}
	return false
}
