package record

import (
	"errors"
	"fmt"
	"os"
	"time"
	"unicode/utf8"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
)

// Writer appends to one transaction. Every method but [Writer.Done] returns only when its
// line is on disk.
type Writer struct {
	ID    string
	store *Store
	file  *os.File
	now   func() time.Time
	lines int
	sum   string
	// size is where the next line begins.
	size int64
}

// Intend writes what is about to be done, with what was there before.
func (w *Writer) Intend(i Intent) error {
	if !utf8.ValidString(i.Path) {
		i.RawPath = []byte(i.Path)
	}
	if !utf8.ValidString(i.Real) {
		i.RawReal = []byte(i.Real)
	}
	return w.append(kindIntent, i)
}

// Done writes that the step was taken.
func (w *Writer) Done(step int) error { return w.append(kindDone, Done{step}) }

// Note writes a remark.
func (w *Writer) Note(text string) error { return w.append(kindNote, Note{text}) }

// End closes the transaction.
func (w *Writer) End(e End) error {
	err := w.append(kindEnd, e)
	if err == nil {
		w.ended(e.Outcome)
	}
	return err
}

// Confirm writes that an operator keeps the change.
func (w *Writer) Confirm(who Who) error {
	err := w.append(kindConfirm, who)
	if err == nil {
		w.ended(Committed)
	}
	return err
}

// Close releases the file. It writes nothing: a transaction without an end stays open.
func (w *Writer) Close() error { return w.file.Close() }

func (w *Writer) append(kind string, body any) error {
	raw, sum, err := encodeLine(w.lines, w.now(), kind, body, w.sum)
	if err != nil {
		return err
	}
	err = failpoint.Hit("record/before-" + kind)
	if err == nil {
		_, err = w.file.Write(raw)
	}
	if err == nil {
		err = failpoint.Hit("record/before-sync-" + kind)
	}
	// The kubelet is down meanwhile. A step whose end is lost counts as one that may be taken,
	// and the next line takes this one to the disk.
	if err == nil && kind != kindDone {
		err = w.file.Sync()
	}
	if err != nil {
		// Half a line must not stand before a later one: it would make the record unreadable.
		return fmt.Errorf("write the record %s: %w", w.ID, errors.Join(err, w.file.Truncate(w.size)))
	}
	w.lines, w.sum, w.size = w.lines+1, sum, w.size+int64(len(raw))
	return nil
}
