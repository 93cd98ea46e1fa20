package journal

import "time"

// Query chooses entries. The zero Query is the whole journal.
type Query struct {
	// Unit keeps the entries of that unit, and what PID 1 writes about it. A name
	// without a suffix means a service.
	Unit string
	// Invocation keeps the entries of one run of a unit: its InvocationID, 32 hexadecimal
	// digits. Unit is then not needed.
	Invocation string
	// Boot keeps one boot: a boot ID, or an offset as journalctl counts them ("0" is the
	// newest boot in the journal, "-1" the one before it); "" keeps all.
	Boot string
	// Since and Until bound the time at which an entry was received; both are inclusive,
	// the zero time is no bound.
	Since, Until time.Time
	// AfterCursor begins behind that entry.
	AfterCursor string
	// Follow goes on with new entries, through rotation and restarts of the unit, until
	// the context ends.
	Follow bool
	// Tail, where it is not 0, begins with that many entries before the end.
	Tail int
}
