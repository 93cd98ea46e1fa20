package simnode

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/logscan"
)

// chooser decides which entries a query wants.
type chooser struct {
	q journal.Query
	// behind is false until the cursor of the query was seen.
	behind bool
	boot   string
}

func newChooser(q journal.Query, boot string) *chooser {
	if q.Unit != "" && !strings.Contains(q.Unit, ".") {
		q.Unit += ".service"
	}
	return &chooser{q: q, behind: q.AfterCursor == "", boot: boot}
}

func (c *chooser) wants(e logscan.Entry) bool {
	if !c.behind {
		c.behind = e.Cursor == c.q.AfterCursor
		return false
	}
	switch {
	case c.q.Boot != "" && c.q.Boot != "0" && c.q.Boot != c.boot:
		return false
	case c.q.Invocation != "" && e.Invocation != c.q.Invocation:
		return false
	case c.q.Invocation == "" && c.q.Unit != "" && e.Unit != c.q.Unit:
		return false
	case !c.q.Since.IsZero() && e.Time.Before(c.q.Since):
		return false
	case !c.q.Until.IsZero() && e.Time.After(c.q.Until):
		return false
	}
	return true
}

type journalReader struct {
	journal *journalFile
	choose  *chooser
	fn      func(logscan.Entry) error
	offset  int64
}

// readTo reads on to that size; with tail, only the last of the chosen entries are given.
func (r *journalReader) readTo(ctx context.Context, size int64, tail int) error {
	f, err := os.Open(r.journal.path)
	if err != nil {
		return err
	}
	defer f.Close()
	part := io.NewSectionReader(f, r.offset, size-r.offset)
	r.offset = size
	var last []logscan.Entry
	err = journal.DecodeExport(part, func(e logscan.Entry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !r.choose.wants(e) {
			return nil
		}
		if tail > 0 {
			e.Message = bytes.Clone(e.Message)
			last = append(last, e)
			if len(last) > tail {
				last = last[1:]
			}
			return nil
		}
		return r.fn(e)
	})
	for _, e := range last {
		if err == nil {
			err = r.fn(e)
		}
	}
	return err
}
