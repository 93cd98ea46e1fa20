package logscan

import "time"

// Entry is one entry of a journal, or one line of a log file. Fields that the source does
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
	// Transport is how the entry reached journald ("stdout", "journal", "syslog").
	Transport string
	// PID is the process that wrote it, 0 where it is not known.
	PID int
	// Priority is the syslog priority, 0 to 7; -1 where there is none.
	Priority int
	// Message is the text as written, without a final newline. Its bytes belong to the
	// source and are valid only until it gives the next entry.
	Message []byte
}
