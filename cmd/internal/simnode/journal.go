package simnode

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/journal"
)

// journalFile is the node's journal: a growing file in the journal export format, read
// back through the same decoder as a real one.
type journalFile struct {
	boot string
	now  func() time.Time

	mu    sync.Mutex
	file  *os.File
	size  int64
	count int
	grown chan struct{}
}

func newJournalFile(path string, now func() time.Time) (*journalFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the journal: %w", err)
	}
	return &journalFile{boot: newHexID(), now: now, file: f, grown: make(chan struct{})}, nil
}

func newHexID() string { return fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()) }

// append writes one entry; fields are those that its writer knows, each with its newline.
func (j *journalFile) append(fields, message string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.count++
	micros := j.now().UnixMicro()
	n, err := fmt.Fprintf(j.file, "__CURSOR=s=%s;i=%x;b=%s;t=%x\n__REALTIME_TIMESTAMP=%d\n_BOOT_ID=%s\n_HOSTNAME=sim-node\n_UID=0\nPRIORITY=6\n%sMESSAGE=%s\n\n",
		j.boot, j.count, j.boot, micros, micros, j.boot, fields, message)
	if err != nil {
		return // after close
	}
	j.size += int64(n)
	close(j.grown)
	j.grown = make(chan struct{})
}

// systemd writes what PID 1 says of a unit.
func (j *journalFile) systemd(unit, invocation, message string) {
	fields := "_TRANSPORT=journal\nSYSLOG_IDENTIFIER=systemd\n_PID=1\n_SYSTEMD_UNIT=init.scope\nUNIT=" + unit + "\n"
	if invocation != "" {
		fields += "INVOCATION_ID=" + invocation + "\n"
	}
	j.append(fields, message)
}

// Read hands the entries that q chooses to fn, oldest first.
func (j *journalFile) Read(ctx context.Context, q journal.Query, fn func(journal.Entry) error) error {
	behind := q.AfterCursor == "" // whether the cursor of the query was seen
	for offset := int64(0); ; {
		j.mu.Lock()
		part, grown := io.NewSectionReader(j.file, offset, j.size-offset), j.grown
		offset = j.size
		j.mu.Unlock()
		var last []journal.Entry
		err := journal.DecodeExport(part, func(e journal.Entry) error {
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case !behind:
				behind = e.Cursor == q.AfterCursor
				return nil
			case !j.wants(q, e):
				return nil
			case q.Tail == 0:
				return fn(e)
			}
			e.Message = bytes.Clone(e.Message)
			last = append(last, e)
			last = last[max(0, len(last)-q.Tail):]
			return nil
		})
		for _, e := range last {
			if err == nil {
				err = fn(e)
			}
		}
		if err != nil || !q.Follow {
			return err
		}
		q.Tail = 0
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-grown:
		}
	}
}

func (j *journalFile) wants(q journal.Query, e journal.Entry) bool {
	switch {
	case q.Boot != "" && q.Boot != "0" && q.Boot != j.boot:
		return false
	case q.Invocation != "" && e.Invocation != q.Invocation:
		return false
	case q.Invocation == "" && q.Unit != "" && e.Unit != journal.FullUnit(q.Unit):
		return false
	}
	return (q.Since.IsZero() || !e.Time.Before(q.Since)) && (q.Until.IsZero() || !e.Time.After(q.Until))
}
