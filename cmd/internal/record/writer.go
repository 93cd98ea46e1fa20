package record

import (
	"fmt"
	"os"
	"time"
)

// Writer appends to one transaction. Every method returns only when its line is on disk.
type Writer struct {
	ID    string
	file  *os.File
	now   func() time.Time
	lines int
	sum   string
}

// Intend writes what is about to be done, with what was there before.
func (w *Writer) Intend(i Intent) error { return w.append(kindIntent, i) }

// Done writes that the step was taken.
func (w *Writer) Done(step int) error { return w.append(kindDone, Done{step}) }

// Note writes a remark.
func (w *Writer) Note(text string) error { return w.append(kindNote, Note{text}) }

// End closes the transaction.
func (w *Writer) End(e End) error { return w.append(kindEnd, e) }

// Confirm writes that an operator keeps the change.
func (w *Writer) Confirm(who Who) error { return w.append(kindConfirm, who) }

// Close releases the file. It writes nothing: a transaction without an end stays open.
func (w *Writer) Close() error { return w.file.Close() }

func (w *Writer) append(kind string, body any) error {
	raw, sum, err := encodeLine(w.lines, w.now(), kind, body, w.sum)
	if err != nil {
		return err
	}
	if _, err := w.file.Write(raw); err != nil {
		return fmt.Errorf("write the record %s: %w", w.ID, err)
	}
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("write the record %s: %w", w.ID, err)
	}
	w.lines, w.sum = w.lines+1, sum
	return nil
}
