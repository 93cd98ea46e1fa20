package record_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// committed is a store with two committed transactions, and the file of the newest.
func committed(t *testing.T) (*record.Store, string, string) {
	t.Helper()
	s, dir := open(t)
	for _, text := range []string{"old", "new"} {
		write(t, s, record.Begin{Goal: plan.GoalEnable}, file(text), file(text+"er"), record.Committed)
	}
	return s, dir, filepath.Join(dir, "000002-enable.jsonl")
}

// TestDamageOfACommittedRecord: whatever is cut off, emptied, removed or flipped in a record
// that has ended is an error, and never an interrupted change.
func TestDamageOfACommittedRecord(t *testing.T) {
	s, dir, name := committed(t)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	damaged := func(what string, data []byte) {
		t.Helper()
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.List(); !errors.Is(err, record.ErrCorrupt) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := s.Begin(record.Begin{Goal: plan.GoalEnable}); !errors.Is(err, record.ErrCorrupt) {
			t.Errorf("%s: a transaction begins: %v", what, err)
		}
	}
	for n := range len(whole) {
		damaged("cut off", whole[:n])
	}
	last := strings.LastIndexByte(strings.TrimSuffix(string(whole), "\n"), '\n') + 1
	for n := last; n < len(whole)-1; n++ {
		flipped := append([]byte(nil), whole...)
		flipped[n] ^= 1
		damaged("flipped", flipped)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if _, err := s.List(); !errors.Is(err, record.ErrCorrupt) {
		t.Errorf("removed: %v", err)
	}
	if err := errors.Join(os.WriteFile(name, whole, 0o600), os.Remove(filepath.Join(dir, "index"))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.List(); !errors.Is(err, record.ErrCorrupt) {
		t.Errorf("index removed: %v", err)
	}
}

// TestTheIndexSurvivesACrash: what a crash keeps out of the index is noted later.
func TestTheIndexSurvivesACrash(t *testing.T) {
	s, dir, _ := committed(t)
	index := filepath.Join(dir, "index")
	whole, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	last := strings.LastIndexByte(strings.TrimSuffix(string(whole), "\n"), '\n') + 1
	for n := last; n < len(whole); n++ {
		if err := os.WriteFile(index, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if all, err := s.List(); err != nil || len(all) != 2 {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	write(t, s, record.Begin{Goal: plan.GoalDisable}, file("a"), file("b"), record.Committed)
	if all, err := s.List(); err != nil || len(all) != 3 {
		t.Errorf("afterwards: %v", err)
	}
}

func TestPathsAndNamesOfAnyBytes(t *testing.T) {
	s, _ := open(t)
	path := "/etc/\xff\xfe/config"
	w, err := s.Begin(record.Begin{Goal: plan.GoalEnable})
	if err != nil {
		t.Fatal(err)
	}
	err = w.Intend(record.Intent{Path: path, Real: path, Before: file("old"), After: file("new")})
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	all, err := s.List()
	if err != nil || record.Files(all...)[0].Place() != path {
		t.Errorf("%v: %q", err, record.Files(all...)[0].Path)
	}
	name, err := s.Keep("drifted-"+strings.Repeat("/long", 80), []byte("x"))
	if err != nil || len(name) > 255 {
		t.Errorf("%v: a name of %d bytes", err, len(name))
	}
}
