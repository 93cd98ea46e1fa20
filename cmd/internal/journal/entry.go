package journal

import "github.com/plegctl/plegctl/logscan"

// Entry is one entry of the journal.
type Entry = logscan.Entry
