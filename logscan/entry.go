package logscan

import "time"

// Entry is one entry of a journal, or one record in a log file. Fields that the source does
// not have are zero.
type Entry struct {
	// Time is when the entry was received by journald, or the time in the line.
	Time time.Time
	// Cursor names the entry in its journal (__CURSOR), or "line 17" in a file.
	Cursor string
	// Boot is the boot ID (_BOOT_ID), 32 hexadecimal digits.
	Boot string
	// Unit is the systemd unit that the entry is from, or, for entries of PID 1, about.
	Unit string
	// Invocation is the ID of the unit's run (_SYSTEMD_INVOCATION_ID, or INVOCATION_ID
	// of PID 1's entries), 32 hexadecimal digits.
	Invocation string
	// Identifier is SYSLOG_IDENTIFIER ("kubelet", "systemd").
	Identifier string
	// PID is the process that wrote it, 0 where it is not known.
	PID int
	// NotRoot reports whether another user than root wrote it, by journald (_UID).
	NotRoot bool
	// Split reports whether its text goes on in the next entry of the process, because it was
	// too long for one (_LINE_BREAK). What follows may be what a container wrote.
	Split bool
	// Damage is what happened to its text on the way into a file.
	Damage Damage
	// Message is the text as written, without a final newline. Its bytes belong to the
	// source and are valid only until it gives the next entry.
	Message []byte
}

// Damage is what was done to the text of a record on the way into a file.
type Damage int

// The damages, from none to text that is missing.
const (
	Intact Damage = iota
	// Wrapped text was put together from several lines.
	Wrapped
	// Cut text ends in the middle.
	Cut
)
