package report

import (
	"fmt"
	"io"
	"strings"
	"time"
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

const historyColumn = 18

// text writes one paragraph for each change: what, when, who, how it ended; then the cause
// of a failure and the reason.
func (h History) text(w io.Writer, _ Style) error {
	if len(h.Changes) == 0 {
		_, err := fmt.Fprintln(w, "plegctl has changed nothing on this node")
		return err
	}
	var b strings.Builder
	for _, c := range h.Changes {
		label := fmt.Sprintf("%-*s%s", historyColumn, c.ID, c.At.UTC().Format("2006-01-02 15:04 MST"))
		b.WriteString(block(label, len(label), historyColumn, "by "+c.Who.String()+": "+c.end()))
		if c.Why != "" {
			b.WriteString(block("", 0, historyColumn, c.Why))
		}
		if c.Reason != "" {
			b.WriteString(block("", 0, historyColumn, "reason: "+c.Reason))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// end is how the change ended.
func (c PastChange) end() string {
	switch {
	case c.UndoneBy != "":
		return c.Outcome + ", reverted by " + c.UndoneBy
	case c.ConfirmBy != nil && c.ConfirmedBy == nil:
		return c.Outcome + ", reverts at " + stamp(*c.ConfirmBy) + " unless confirmed"
	}
	return c.Outcome
}
