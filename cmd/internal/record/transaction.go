package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// Transaction is one change as the record tells it.
type Transaction struct {
	ID      string
	At      time.Time
	Begin   Begin
	Intents []Intent
	// Taken tells, for each step number, that it was marked done.
	Taken map[int]bool
	Notes []string
	// Ended is nil while the transaction is open.
	Ended   *End
	EndedAt time.Time
	// ConfirmedBy is who confirmed it, nil where nobody has.
	ConfirmedBy *Who

	size, torn, lines int
	sum               string
	// sums are the checksums of all lines.
	sums []string
}

// Torn reports whether the last line was not whole: a crash in the middle of writing it.
func (t Transaction) Torn() bool { return t.torn > 0 }

// Outcome is how it ended, [Unfinished] if it has not.
func (t Transaction) Outcome() Outcome {
	if t.Ended == nil {
		return Unfinished
	}
	return t.Ended.Outcome
}

// Pending reports whether it was committed on condition, and nobody has confirmed it yet.
func (t Transaction) Pending() bool {
	return t.Outcome() == Committed && t.Ended.ConfirmBy != nil && t.ConfirmedBy == nil
}

func parse(id string, data []byte) (Transaction, error) {
	lines, torn, err := decodeLines(data)
	if err != nil {
		return Transaction{}, err
	}
	t := Transaction{ID: id, Taken: map[int]bool{}, size: len(data), torn: torn, lines: len(lines)}
	for n, one := range lines {
		if err := t.add(one); err != nil {
			return Transaction{}, fmt.Errorf("line %d: %w", n+1, err)
		}
		t.sum = one.Sum
		t.sums = append(t.sums, one.Sum)
	}
	return t, nil
}

func (t *Transaction) add(one line) error {
	var err error
	switch one.Kind {
	case kindBegin:
		t.At = one.At
		err = json.Unmarshal(one.Body, &t.Begin)
	case kindIntent:
		var i Intent
		err = json.Unmarshal(one.Body, &i)
		if i.RawPath != nil {
			i.Path = string(i.RawPath)
		}
		if i.RawReal != nil {
			i.Real = string(i.RawReal)
		}
		t.Intents = append(t.Intents, i)
	case kindDone:
		var d Done
		err = json.Unmarshal(one.Body, &d)
		t.Taken[d.Step] = true
	case kindNote:
		var n Note
		err = json.Unmarshal(one.Body, &n)
		t.Notes = append(t.Notes, n.Text)
	case kindEnd:
		t.EndedAt = one.At
		t.Ended = &End{}
		err = json.Unmarshal(one.Body, t.Ended)
	case kindConfirm:
		t.ConfirmedBy = &Who{}
		err = json.Unmarshal(one.Body, t.ConfirmedBy)
	default:
		return fmt.Errorf("unknown entry %q", one.Kind)
	}
	return err
}

// Outstanding are the committed changes that no rollback has rolled back, oldest first:
// together they are the difference between the node as it was before plegctl and now.
func Outstanding(all []Transaction) []Transaction {
	undone := map[string]bool{}
	for _, t := range all {
		if t.Begin.Goal == plan.GoalRollback && t.Outcome() == Committed {
			for _, id := range t.Begin.Undoes {
				undone[id] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(t Transaction) bool {
		return t.Begin.Goal == plan.GoalRollback || t.Outcome() != Committed || undone[t.ID]
	})
}

// Waiting is the outstanding change that undoes itself unless it is confirmed.
func Waiting(all []Transaction) (Transaction, bool) {
	for _, t := range Outstanding(all) {
		if t.Pending() {
			return t, true
		}
	}
	return Transaction{}, false
}

// Files sums up what the transactions did, in the order in which paths were first touched.
func Files(ts ...Transaction) []plan.FileChange {
	var files []plan.FileChange
	at := map[string]int{}
	for _, t := range ts {
		for _, i := range t.Intents {
			if i.Path == "" || i.Before == nil || i.After == nil {
				continue
			}
			torn := i.InPlace && !t.Taken[i.Step]
			place := plan.FileChange{Path: i.Path, Real: i.Real}.Place()
			n, seen := at[place]
			if !seen {
				at[place] = len(files)
				n = len(files)
				files = append(files, plan.FileChange{Path: i.Path, Real: i.Real, Role: i.Role, Before: *i.Before})
			}
			files[n].After, files[n].Torn = *i.After, torn
			files[n].Edits = append(files[n].Edits, plan.Edit{Record: t.ID, Before: *i.Before, After: *i.After})
		}
	}
	return files
}
