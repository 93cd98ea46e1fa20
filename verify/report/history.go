package report

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/plegctl/plegctl/logscan"
)

// History is the JSON body of the past changes, newest first.
type History struct {
	Changes []PastChange `json:"changes"`
}

// PastChange is one recorded change.
type PastChange struct {
	ID       string       `json:"id"`
	Goal     string       `json:"goal"`
	At       time.Time    `json:"at"`
	EndedAt  *time.Time   `json:"endedAt,omitempty"`
	Outcome  string       `json:"outcome"`
	Why      string       `json:"why,omitempty"`
	Who      Who          `json:"who"`
	Reason   string       `json:"reason,omitempty"`
	Accepted []string     `json:"accepted,omitempty"`
	Undoes   []string     `json:"undoes,omitempty"`
	UndoneBy string       `json:"undoneBy,omitempty"`
	Files    []FileAction `json:"files"`
	Kubelet  string       `json:"kubeletVersion,omitempty"`
	Runtime  string       `json:"runtime,omitempty"`
	State    string       `json:"state,omitempty"`
	Rung     string       `json:"rung,omitempty"`
	// ConfirmBy and ConfirmedBy are there for a change that must be confirmed.
	ConfirmBy   *time.Time `json:"confirmBy,omitempty"`
	ConfirmedBy *Who       `json:"confirmedBy,omitempty"`
	Notes       []string   `json:"notes,omitempty"`
}

// Who is who ran plegctl, also through sudo.
type Who struct {
	UID int `json:"uid"`
	// User is the name of that user, where it is known.
	User string `json:"user,omitempty"`
	// SudoUser is who called sudo.
	SudoUser string `json:"sudoUser,omitempty"`
	// LoginUID is who logged in: the kernel keeps it through su and sudo. -1 is nobody.
	LoginUID int      `json:"loginUID"`
	PID      int      `json:"pid"`
	Command  []string `json:"command,omitempty"`
}

// String is the shortest honest answer: "root (sudo by anna)".
func (w Who) String() string {
	name := w.User
	if name == "" {
		name = fmt.Sprintf("uid %d", w.UID)
	}
	switch {
	case w.SudoUser != "":
		return name + " (sudo by " + w.SudoUser + ")"
	case w.LoginUID >= 0 && w.LoginUID != w.UID:
		return fmt.Sprintf("%s (logged in as uid %d)", name, w.LoginUID)
	}
	return name
}

// Document returns the history as the answer of a verb.
func (h History) Document() Document {
	return Document{Kind: "History", Body: h, Short: count(len(h.Changes), "change"), Text: h.text}
}

// longestWhy is how much of an error a row of the table shows; JSON has all of it.
const longestWhy = 100

func (h History) text(w io.Writer, _ Style) error {
	if len(h.Changes) == 0 {
		_, err := fmt.Fprintln(w, "plegctl has changed nothing on this node")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "RECORD\tWHEN\tWHO\tHOW IT ENDED\tREASON")
	for _, c := range h.Changes {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", c.ID, c.At.UTC().Format(time.RFC3339),
			logscan.Escape(c.Who.String()), logscan.Escape(c.end()), logscan.Escape(c.Reason))
	}
	return table.Flush()
}

func (c PastChange) end() string {
	switch {
	case c.UndoneBy != "":
		return c.Outcome + ", rolled back by " + c.UndoneBy
	case c.ConfirmBy != nil && c.ConfirmedBy == nil:
		return c.Outcome + ", not confirmed until " + c.ConfirmBy.UTC().Format(time.RFC3339)
	case c.Why != "":
		why := []rune(c.Why)
		if len(why) > longestWhy {
			why = append(why[:longestWhy-1], '…')
		}
		return c.Outcome + ": " + string(why)
	}
	return c.Outcome
}
