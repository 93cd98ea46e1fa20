package record_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

func open(t *testing.T) (*record.Store, string) {
	t.Helper()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	clock := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return record.Open(root, func() time.Time { clock = clock.Add(time.Second); return clock }), dir
}

func file(text string) *plan.FileState {
	return &plan.FileState{
		Exists: true, Data: []byte(text), Mode: 0o640, UID: 123, GID: 456,
		Xattrs: map[string][]byte{"security.selinux": []byte("system_u\x00")},
	}
}

// write makes a transaction with one edit and leaves it open unless outcome is set.
func write(t *testing.T, s *record.Store, b record.Begin, before, after *plan.FileState, outcome record.Outcome) string {
	t.Helper()
	w, err := s.Begin(b)
	if err != nil {
		t.Fatal(err)
	}
	steps := []error{
		w.Intend(record.Intent{Step: 0, Text: "edit", Path: "/etc/f", Before: before, After: after}),
		w.Done(0),
	}
	if outcome != "" {
		steps = append(steps, w.End(record.End{Outcome: outcome}))
	}
	if err := errors.Join(append(steps, w.Close())...); err != nil {
		t.Fatal(err)
	}
	return w.ID
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	s, dir := open(t)
	odd := &plan.FileState{Exists: true, Data: []byte("\xff\x00<&>"), Mode: 0o600 | fs.ModeSetgid}
	id := write(t, s, record.Begin{Goal: plan.GoalEnable, Reason: "change <4711>"}, file("a: <b>\n"), odd, record.Committed)
	got, err := s.Read(id)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*plan.FileState{file("a: <b>\n"), odd}, []*plan.FileState{got.Intents[0].Before, got.Intents[0].After}); diff != "" {
		t.Error(diff)
	}
	if got.Outcome() != record.Committed || got.Begin.Reason != "change <4711>" || !got.Taken[0] {
		t.Errorf("read back %+v", got)
	}
	raw, _ := os.ReadFile(filepath.Join(dir, id+".jsonl"))
	if !bytes.Contains(raw, []byte(`"text":"a: <b>\n"`)) {
		t.Errorf("the old bytes are not readable for people:\n%s", raw)
	}
	info, _ := os.Stat(filepath.Join(dir, id+".jsonl"))
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: old bytes may be secret", info.Mode())
	}
}

func TestAbsentIsNotEmpty(t *testing.T) {
	s, _ := open(t)
	id := write(t, s, record.Begin{Goal: plan.GoalEnable}, &plan.FileState{}, &plan.FileState{Exists: true}, record.Committed)
	got, err := s.Read(id)
	if err != nil {
		t.Fatal(err)
	}
	if got.Intents[0].Before.Exists || !got.Intents[0].After.Exists || got.Intents[0].Before.SameContent(*got.Intents[0].After) {
		t.Errorf("absent and empty became the same: %+v", got.Intents[0])
	}
}

// TestTornTail cuts a record at every byte: what is left is always a prefix of the entries
// or a complaint, never something else, and never a complaint about a cut in the last line.
func TestTornTail(t *testing.T) {
	s, dir := open(t)
	id := write(t, s, record.Begin{Goal: plan.GoalEnable}, file("old"), file("new"), record.Committed)
	path := filepath.Join(dir, id+".jsonl")
	whole, _ := os.ReadFile(path)
	for cut := range len(whole) {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := s.Read(id)
		if err != nil {
			t.Fatalf("cut at %d of %d: %v", cut, len(whole), err)
		}
		if got.Ended != nil {
			t.Fatalf("cut at %d of %d still reads as committed", cut, len(whole))
		}
		clean := cut == 0 || whole[cut-1] == '\n'
		if got.Torn() == clean {
			t.Fatalf("cut at %d: torn %v", cut, got.Torn())
		}
	}
}

func TestResumeCutsTheTornTail(t *testing.T) {
	s, dir := open(t)
	id := write(t, s, record.Begin{Goal: plan.GoalEnable}, file("old"), file("new"), record.Committed)
	path := filepath.Join(dir, id+".jsonl")
	whole, _ := os.ReadFile(path)
	if err := os.WriteFile(path, whole[:len(whole)-7], 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := s.Resume(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.End(record.End{Outcome: record.RolledBack, Cause: "crash"}), w.Close()); err != nil {
		t.Fatal(err)
	}
	got, err := s.Read(id)
	if err != nil || got.Outcome() != record.RolledBack || got.Torn() {
		t.Errorf("after resume: %v, %+v", err, got)
	}
}

func TestEditedRecordIsNoticed(t *testing.T) {
	s, dir := open(t)
	id := write(t, s, record.Begin{Goal: plan.GoalEnable, Reason: "x"}, file("old"), file("new"), record.Committed)
	path := filepath.Join(dir, id+".jsonl")
	whole, _ := os.ReadFile(path)
	lines := strings.SplitAfter(string(whole), "\n")
	for name, damaged := range map[string]string{
		"a byte":      strings.Replace(string(whole), `"old"`, `"odd"`, 1),
		"a line lost": lines[0] + strings.Join(lines[2:], ""),
		"swapped":     lines[0] + lines[2] + lines[1] + lines[3],
		"first line":  strings.Replace(string(whole), "enable", "enabel", 1),
	} {
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.List(); !errors.Is(err, record.ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrCorrupt", name, err)
		}
	}
}

func TestOneOpenTransaction(t *testing.T) {
	s, _ := open(t)
	write(t, s, record.Begin{Goal: plan.GoalEnable}, file("old"), file("new"), "")
	if _, err := s.Begin(record.Begin{Goal: plan.GoalDisable}); !errors.Is(err, record.ErrOpen) {
		t.Errorf("second begin: %v", err)
	}
}

func TestStillbornRecordIsNoTransaction(t *testing.T) {
	s, dir := open(t)
	for name, content := range map[string]string{"000001-enable.jsonl": "", "000002-enable.jsonl": `{"v":1,"n":0,`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := s.List(); err != nil || len(all) != 0 {
		t.Errorf("%v, %d transactions", err, len(all))
	}
	w, err := s.Begin(record.Begin{Goal: plan.GoalEnable})
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	if left, _ := filepath.Glob(filepath.Join(dir, "*.jsonl")); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

func TestOutstandingAndFiles(t *testing.T) {
	s, _ := open(t)
	v1, v2, v3 := file("1"), file("2"), file("3")
	first := write(t, s, record.Begin{Goal: plan.GoalEnable}, v1, v2, record.Committed)
	write(t, s, record.Begin{Goal: plan.GoalEnable}, v2, v3, record.RolledBack)
	second := write(t, s, record.Begin{Goal: plan.GoalDisable}, v2, v3, record.Committed)
	all, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	left := record.Outstanding(all)
	if len(left) != 2 || left[0].ID != first || left[1].ID != second {
		t.Fatalf("outstanding: %v", left)
	}
	files := record.Files(left...)
	if len(files) != 1 || string(files[0].Before.Data) != "1" || string(files[0].After.Data) != "3" || files[0].Foreign() {
		t.Errorf("files: %+v", files)
	}
	write(t, s, record.Begin{Goal: plan.GoalRollback, Undoes: []string{first, second}}, v3, v1, record.Committed)
	all, _ = s.List()
	if left := record.Outstanding(all); len(left) != 0 {
		t.Errorf("after the rollback still outstanding: %v", left)
	}
}

func TestForeignChangeBetweenTwoOfOurs(t *testing.T) {
	s, _ := open(t)
	write(t, s, record.Begin{Goal: plan.GoalEnable}, file("1"), file("2"), record.Committed)
	write(t, s, record.Begin{Goal: plan.GoalDisable}, file("2 and the admin's"), file("3"), record.Committed)
	all, _ := s.List()
	if files := record.Files(all...); !files[0].Foreign() {
		t.Error("the admin's change between two of ours was not noticed")
	}
}

func TestPruneKeepsWhatARollbackNeeds(t *testing.T) {
	s, _ := open(t)
	needed := write(t, s, record.Begin{Goal: plan.GoalEnable}, file("1"), file("2"), record.Committed)
	for range 5 {
		write(t, s, record.Begin{Goal: plan.GoalDisable}, file("2"), file("3"), record.RolledBack)
	}
	if err := s.Prune(2); err != nil {
		t.Fatal(err)
	}
	all, _ := s.List()
	if len(all) != 3 || all[0].ID != needed {
		t.Errorf("left: %v", all)
	}
}

func TestParseLoginUID(t *testing.T) {
	for text, want := range map[string]int{"1000\n": 1000, "4294967295": -1, "": -1, "x": -1, "0\n": 0} {
		if got := record.ParseLoginUID(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"v":1,"n":0,"at":"2026-11-23T12:00:01Z","kind":"begin","body":{"goal":"enable"},"sum":"00"}` + "\n"))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, dir := open(t)
		if err := os.WriteFile(filepath.Join(dir, "000001-enable.jsonl"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Read("000001-enable"); err == nil && got.Ended != nil {
			t.Error("made-up bytes read as an ended transaction")
		}
	})
}

func TestInstallIsWholeAndRunnable(t *testing.T) {
	s, dir := open(t)
	for _, text := range []string{"#!/bin/sh\nexit 7\n", "#!/bin/sh\nexit 18\n"} {
		program := filepath.Join(t.TempDir(), "program")
		if err := os.WriteFile(program, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(program)
		if err != nil {
			t.Fatal(err)
		}
		old := unix.Umask(0o177)
		err = s.Install("plegctl", f)
		unix.Umask(old)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, "plegctl"))
		if err != nil || string(got) != text {
			t.Errorf("%v: %q", err, got)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "plegctl"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, mode %v", err, info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.new*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
