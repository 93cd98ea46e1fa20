package record

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Modes of the state directory and its files.
const (
	DirMode  fs.FileMode = 0o700
	fileMode fs.FileMode = 0o600
)

// ErrOpen reports that a transaction has no end yet; `plegctl recover` gives it one.
var ErrOpen = errors.New("a transaction is still open")

// Store is the state directory. Whoever writes through it must hold the lock.
type Store struct {
	dir *os.Root
	now func() time.Time
}

// Open takes the state directory, which must exist. Nothing outside it is ever reached.
func Open(dir *os.Root, now func() time.Time) *Store { return &Store{dir: dir, now: now} }

// Begin opens a transaction. It refuses with [ErrOpen] while another one is open.
func (s *Store) Begin(b Begin) (*Writer, error) {
	past, err := s.read()
	if err != nil {
		return nil, err
	}
	next := 1
	for _, t := range past {
		next = max(next, t.number()+1)
		switch {
		case t.stillborn():
			if err := s.dir.Remove(t.ID + suffix); err != nil {
				return nil, fmt.Errorf("remove the empty record %s: %w", t.ID, err)
			}
		case t.Outcome() == Unfinished:
			return nil, fmt.Errorf("%w: %s", ErrOpen, t.ID)
		}
	}
	if err := s.noteEnds(past); err != nil {
		return nil, err
	}
	id := fmt.Sprintf("%06d-%s", next, b.Goal)
	f, err := s.dir.OpenFile(id+suffix, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, fileMode)
	if err != nil {
		return nil, fmt.Errorf("create the record %s: %w", id, err)
	}
	w := &Writer{ID: id, store: s, file: f, now: s.now}
	if err = w.append(kindBegin, b); err == nil {
		err = s.sync()
	}
	if err == nil {
		err = s.note(kindBegun, indexEntry{ID: id, Sum: w.sum})
	}
	if err != nil {
		return nil, errors.Join(err, f.Close(), s.unbegin(id))
	}
	return w, nil
}

// unbegin removes a record that could not be begun. One that the index knows all the same
// stays open, and the next plegctl ends it: a record that is gone would count as damage.
func (s *Store) unbegin(id string) error {
	x, err := s.readIndex()
	if err != nil || len(x.sums[id]) > 0 {
		return err
	}
	return s.dir.Remove(id + suffix)
}

const suffix = ".jsonl"

// longestName is what a kept file may be called; a name holds 255 bytes at most.
const longestName = 200

// List reads all transactions, oldest first. One file that cannot be read is an error: a
// record that cannot be trusted must not look like no record.
func (s *Store) List() ([]Transaction, error) {
	all, err := s.read()
	return slices.DeleteFunc(all, Transaction.stillborn), err
}

// stillborn: a crash came before the first line was whole, so nothing was done for it.
func (t Transaction) stillborn() bool { return t.Begin.Goal == "" }

func (s *Store) read() ([]Transaction, error) {
	entries, err := fs.ReadDir(s.dir.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("list the records: %w", err)
	}
	var all []Transaction
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), suffix)
		if !ok || !e.Type().IsRegular() {
			continue
		}
		t, err := s.Read(id)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	slices.SortStableFunc(all, func(a, b Transaction) int { return a.number() - b.number() })
	x, err := s.readIndex()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(t Transaction) bool { return x.pruned[t.ID] })
	return all, x.check(all)
}

// Read reads one transaction.
func (s *Store) Read(id string) (Transaction, error) {
	data, err := s.dir.ReadFile(id + suffix)
	if err != nil {
		return Transaction{}, fmt.Errorf("read the record %s: %w", id, err)
	}
	t, err := parse(id, data)
	if err != nil {
		return Transaction{}, fmt.Errorf("record %s: %w", id, err)
	}
	return t, nil
}

// Resume opens a transaction for further lines, cutting off a torn tail first.
func (s *Store) Resume(id string) (*Writer, error) {
	t, err := s.Read(id)
	if err != nil {
		return nil, err
	}
	f, err := s.dir.OpenFile(id+suffix, os.O_WRONLY|os.O_APPEND, fileMode)
	if err != nil {
		return nil, fmt.Errorf("open the record %s: %w", id, err)
	}
	if t.torn > 0 {
		if err := errors.Join(f.Truncate(int64(t.size-t.torn)), f.Sync()); err != nil {
			return nil, errors.Join(fmt.Errorf("cut the torn end of the record %s: %w", id, err), f.Close())
		}
	}
	return &Writer{ID: id, store: s, file: f, now: s.now, lines: t.lines, sum: t.sum, size: int64(t.size - t.torn)}, nil
}

// Prune removes the oldest finished transactions until keep are left. What a rollback
// still needs is never removed.
func (s *Store) Prune(keep int) error {
	all, err := s.List()
	if err != nil {
		return err
	}
	needed := map[string]bool{}
	for _, t := range Outstanding(all) {
		needed[t.ID] = true
	}
	for i, t := range all {
		if i >= len(all)-keep || needed[t.ID] || t.Outcome() == Unfinished || t.Outcome() == Failed {
			continue
		}
		if err := s.note(kindPruned, indexEntry{ID: t.ID}); err != nil {
			return fmt.Errorf("prune the record %s: %w", t.ID, err)
		}
		if err := s.dir.Remove(t.ID + suffix); err != nil {
			return fmt.Errorf("prune the record %s: %w", t.ID, err)
		}
	}
	return s.sync()
}

// Keep stores bytes beside the records and returns the name within the state directory: what
// a forced rollback overwrote, for instance.
func (s *Store) Keep(name string, data []byte) (string, error) {
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == 0 {
			return '_'
		}
		return r
	}, name)
	if len(name) > longestName {
		sum := sha256.Sum256([]byte(name))
		name = name[:longestName-17] + "-" + hex.EncodeToString(sum[:8])
	}
	f, err := s.dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return "", fmt.Errorf("keep %s: %w", name, err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("keep %s: %w", name, err)
	}
	return name, s.sync()
}

// Path is where a record lies, for messages.
func (s *Store) Path(id string) string { return s.dir.Name() + "/" + id + suffix }

// Beside is where bytes lie that [Store.Keep] stored under name, for messages.
func (s *Store) Beside(name string) string { return s.dir.Name() + "/" + name }

func (s *Store) sync() error {
	d, err := s.dir.Open(".")
	if err != nil {
		return fmt.Errorf("open the state directory: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

func (t Transaction) number() int {
	head, _, _ := strings.Cut(t.ID, "-")
	n, err := strconv.Atoi(head)
	if err != nil {
		return 0
	}
	return n
}
