package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
)

// indexName is the file beside the records that says which there are and how each ended, so
// that a record that was emptied, cut off or removed differs from an interrupted change.
const indexName = "index"

const (
	kindBegun  = "begun"
	kindEnded  = "ended"
	kindPruned = "pruned"
)

// indexEntry is one line of the index.
type indexEntry struct {
	ID string `json:"id"`
	// Outcome is how it ended; Sum is the checksum of the record's last line then.
	Outcome Outcome `json:"outcome,omitempty"`
	Sum     string  `json:"sum,omitempty"`
}

// index is what the index says of each record, by ID.
type index struct {
	sums   map[string][]string
	ended  map[string]bool
	pruned map[string]bool
	exists bool
	// tail is where the next line goes.
	tail Writer
}

func (s *Store) readIndex() (*index, error) {
	x := &index{sums: map[string][]string{}, ended: map[string]bool{}, pruned: map[string]bool{}}
	data, err := s.dir.ReadFile(indexName)
	if errors.Is(err, fs.ErrNotExist) {
		return x, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the index of the records: %w", err)
	}
	lines, torn, err := decodeLines(data)
	if err != nil {
		return nil, fmt.Errorf("the index of the records: %w", err)
	}
	x.exists = true
	x.tail = Writer{lines: len(lines), size: int64(len(data) - torn)}
	for _, one := range lines {
		var e indexEntry
		if err := json.Unmarshal(one.Body, &e); err != nil {
			return nil, fmt.Errorf("the index of the records: %w: %w", ErrCorrupt, err)
		}
		x.sums[e.ID] = append(x.sums[e.ID], e.Sum)
		x.ended[e.ID] = one.Kind == kindEnded
		x.pruned[e.ID] = one.Kind == kindPruned
		x.tail.sum = one.Sum
	}
	return x, nil
}

// note appends one line to the index, over a torn end.
func (s *Store) note(kind string, e indexEntry) error {
	x, err := s.readIndex()
	if err != nil {
		return err
	}
	f, err := s.dir.OpenFile(indexName, os.O_WRONLY|os.O_CREATE|os.O_APPEND, fileMode)
	if err != nil {
		return fmt.Errorf("open the index of the records: %w", err)
	}
	w := x.tail
	w.ID, w.file, w.now = indexName, f, s.now
	if err = f.Truncate(w.size); err == nil {
		err = w.append(kind, e)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if x.exists {
		return nil
	}
	return s.sync()
}

// check holds the records against the index. Of the newest the index may not know yet; what
// a record says beyond the index is what a crash kept from being noted.
func (x *index) check(all []Transaction) error {
	if !x.exists && len(all) < 2 {
		return nil
	}
	newest := 0
	for _, t := range all {
		newest = max(newest, t.number())
	}
	there := map[string]bool{}
	for _, t := range all {
		there[t.ID] = true
		sums, known := x.sums[t.ID]
		if !known && t.number() != newest && !t.stillborn() {
			return fmt.Errorf("record %s: %w: the index does not know it", t.ID, ErrCorrupt)
		}
		for _, sum := range sums {
			if sum != "" && !slices.Contains(t.sums, sum) {
				return fmt.Errorf("record %s: %w: it was cut off or emptied", t.ID, ErrCorrupt)
			}
		}
	}
	for id := range x.sums {
		if !there[id] && !x.pruned[id] {
			return fmt.Errorf("record %s: %w: it was removed", id, ErrCorrupt)
		}
	}
	return nil
}

// ended notes how a record ended. The record itself is on disk: where this fails, the next
// transaction notes it.
func (w *Writer) ended(outcome Outcome) {
	if w.store != nil && failpoint.Hit("record/before-index") == nil {
		_ = w.store.note(kindEnded, indexEntry{w.ID, outcome, w.sum})
	}
}

// noteEnds notes the ends that a crash or a full disk kept out of the index.
func (s *Store) noteEnds(past []Transaction) error {
	x, err := s.readIndex()
	if err != nil {
		return err
	}
	for _, t := range past {
		if t.Ended != nil && !x.ended[t.ID] {
			if err := s.note(kindEnded, indexEntry{t.ID, t.Outcome(), t.sum}); err != nil {
				return err
			}
		}
	}
	return nil
}
