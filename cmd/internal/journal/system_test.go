package journal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/logscan"
)

func TestQueryArgs(t *testing.T) {
	at := time.Date(2026, 11, 23, 11, 55, 0, 5000, time.UTC)
	all := options{outputFields: true, grep: true}
	always := []string{"--no-pager", "--all", "--output=export"}
	for _, c := range []struct {
		name string
		q    Query
		o    options
		want []string
	}{
		{"all of it", Query{}, options{}, nil},
		{"unit", Query{Unit: "kubelet"}, options{}, []string{"_SYSTEMD_UNIT=kubelet.service", "+", "_PID=1", "UNIT=kubelet.service", "+", "_UID=0", "OBJECT_SYSTEMD_UNIT=kubelet.service"}},
		{"invocation wins over unit", Query{Unit: "kubelet", Invocation: "ab"}, options{}, []string{"_SYSTEMD_INVOCATION_ID=ab", "+", "_PID=1", "INVOCATION_ID=ab", "+", "_UID=0", "OBJECT_SYSTEMD_INVOCATION_ID=ab"}},
		{"broken entries of a run", Query{Invocation: "ab", Broken: true, Tail: 1}, all, []string{"--output-fields=" + fields, "--lines=1", "_SYSTEMD_INVOCATION_ID=ab", "_LINE_BREAK=line-max"}},
		{"times", Query{Since: at, Until: at.Add(time.Hour), Boot: "-1"}, options{}, []string{"--boot=-1", "--since=@1795434900.000005", "--until=@1795438500.000005"}},
		{"cursor instead of since", Query{Since: at, AfterCursor: "s=1"}, options{}, []string{"--after-cursor=s=1"}},
		{"follow from the beginning", Query{Follow: true}, options{}, []string{"--follow", "--no-tail"}},
		{"follow from near the end", Query{Follow: true, Tail: 3}, options{}, []string{"--follow", "--lines=3"}},
		{"pattern", Query{Pattern: "^a|b"}, all, []string{"--output-fields=" + fields, "--case-sensitive=yes", "--grep=^a|b"}},
		{"no pattern with a tail, it would turn the order round", Query{Pattern: "^a", Tail: 2}, options{grep: true}, []string{"--lines=2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(append(append([]string{}, always...), c.want...), c.q.args(nil, c.o)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFullUnit(t *testing.T) {
	for in, want := range map[string]string{
		"kubelet": "kubelet.service", "kubelet.service": "kubelet.service", "snap.microk8s.daemon-kubelite": "snap.microk8s.daemon-kubelite.service",
		"a.scope": "a.scope", "k3s-agent": "k3s-agent.service", ".service": ".service.service",
	} {
		if got := FullUnit(in); got != want {
			t.Errorf("FullUnit(%q) = %q, want %q", in, got, want)
		}
	}
}

const twoEntries = "__CURSOR=s=1;i=1\n__REALTIME_TIMESTAMP=1795434898000001\n_PID=7\nMESSAGE=one\n\n__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1795434899000000\n_PID=7\nMESSAGE=two\n\n"

// fake is a System whose journalctl is a shell script.
func fake(t *testing.T, script string) *System {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "journalctl")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "entries"), []byte(twoEntries), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "system.journal"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return &System{Directory: dir, Program: program}
}

func read(t *testing.T, s *System, q Query) (messages []string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	err = s.Read(ctx, q, func(e logscan.Entry) error {
		messages = append(messages, string(e.Message))
		return nil
	})
	return messages, err
}

func TestRead(t *testing.T) {
	cat := `cat "$(dirname "$0")/entries"; `
	for _, c := range []struct {
		name, script string
		q            Query
		want         string
		is           error
		text, notice string
	}{
		{name: "entries", script: cat, want: "one two"},
		{name: "none", script: "exit 0"},
		{name: "speaks English without colours", script: `[ "$LC_ALL$SYSTEMD_COLORS" = C0 ] && ` + cat, want: "one two"},
		{name: "no hit", script: "exit 1", q: Query{Pattern: "x"}},
		{name: "exit 1 without a pattern is an error", script: "exit 1", text: "exit status 1"},
		{name: "error", script: `echo 'Something: broke' >&2; exit 1`, text: "Something: broke"},
		{name: "hostile words", script: `printf 'bad \033[31m\n' >&2; exit 1`, text: `bad \x1b[31m`},
		{name: "no right", script: `echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1`, is: fs.ErrPermission},
		{name: "no such boot", script: `echo 'Data from the specified boot (-5) is not available: No such boot ID in journal' >&2; exit 1`, is: errNoBoot},
		{name: "fails after entries", script: cat + `echo 'Failed to iterate' >&2; exit 1`, want: "one two", text: "Failed to iterate"},
		{name: "cut off", script: cat + `printf 'MESSAGE=half'`, want: "one two", is: logscan.ErrTruncated},
		{name: "not an export", script: `printf 'hello there\n\n\n\n\n\n\n\n\n\n\n'`, text: "not a journal export"},
		{name: "corrupt file", script: cat + `echo 'Journal file x.journal is truncated, ignoring file.' >&2`, want: "one two", notice: "truncated"},
		{name: "own journal only", script: cat + `echo 'Hint: You are currently not seeing messages from other users and the system.' >&2`, want: "one two", notice: "Only the journal of this user"},
		{name: "an old one without a field list", script: `case "$*" in *output-fields*) echo "journalctl: unrecognized option '--output-fields=x'" >&2; exit 1;; esac; ` + cat, want: "one two"},
		{name: "one without patterns", script: `case "$*" in *grep*) echo "Compiled without pattern matching support" >&2; exit 1;; esac; ` + cat, q: Query{Pattern: "^x"}, want: "one two"},
		{name: "neither", script: `case "$*" in *output-fields*) echo "unrecognized option '--output-fields'" >&2; exit 1;; *grep*) echo "unrecognized option '--grep'" >&2; exit 1;; esac; ` + cat, q: Query{Pattern: "^x"}, want: "one two"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var notices []string
			c.q.Notice = func(n string) { notices = append(notices, n) }
			got, err := read(t, fake(t, c.script), c.q)
			if strings.Join(got, " ") != c.want {
				t.Errorf("entries %q, want %q", got, c.want)
			}
			if c.is == nil && c.text == "" && err != nil || c.is != nil && !errors.Is(err, c.is) || c.text != "" && (err == nil || !strings.Contains(err.Error(), c.text)) {
				t.Errorf("error %v, want %v %q", err, c.is, c.text)
			}
			if all := strings.Join(notices, "; "); c.notice == "" && all != "" || !strings.Contains(all, c.notice) {
				t.Errorf("notices %q, want %q", all, c.notice)
			}
		})
	}
}

func TestReadStopsOnErrorOfTheReader(t *testing.T) {
	enough := errors.New("enough")
	s := fake(t, `while :; do cat "$(dirname "$0")/entries"; done`)
	n := 0
	err := s.Read(context.Background(), Query{}, func(logscan.Entry) error {
		if n++; n == 3 {
			return enough
		}
		return nil
	})
	if err != enough || n != 3 {
		t.Errorf("%d entries, error %v", n, err)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	s := fake(t, `cat "$(dirname "$0")/entries"; exec sleep 60`)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	start := time.Now()
	err := s.Read(ctx, Query{Follow: true}, func(e logscan.Entry) error {
		if string(e.Message) == "two" {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || time.Since(start) > 10*time.Second {
		t.Errorf("after %s: %v", time.Since(start), err)
	}
}

// journalctl follows rotation by itself. Where it ends all the same, reading goes on behind
// the last entry, and no entry is read twice.
func TestFollowGoesOnBehindTheLastEntry(t *testing.T) {
	s := fake(t, `case "$*" in *--after-cursor=s=1\;i=2*) printf '__CURSOR=s=1;i=3\n__REALTIME_TIMESTAMP=1795434900000000\nMESSAGE=three\n\n'; exec sleep 60;; esac; cat "$(dirname "$0")/entries"`)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var got []string
	err := s.Read(ctx, Query{Follow: true, Boot: "0", Since: time.Unix(1, 0)}, func(e logscan.Entry) error {
		got = append(got, string(e.Message))
		if len(got) == 3 {
			cancel()
		}
		return nil
	})
	if strings.Join(got, " ") != "one two three" || !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNoJournal(t *testing.T) {
	empty := t.TempDir()
	if _, err := read(t, &System{Directory: empty}, Query{}); !NoJournal(err) || hint.Of(err) == "" {
		t.Errorf("empty directory: %v", err)
	}
	if _, err := read(t, &System{Root: empty}, Query{}); !NoJournal(err) {
		t.Errorf("image without a journal: %v", err)
	}
	if _, err := read(t, &System{Directory: filepath.Join(empty, "gone")}, Query{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
	s := fake(t, "")
	s.Program = filepath.Join(empty, "journalctl")
	if _, err := read(t, s, Query{}); !NoJournal(err) || hint.Of(err) == "" {
		t.Errorf("no journalctl: %v", err)
	}
}

func TestPlaceOfAnImage(t *testing.T) {
	root := t.TempDir()
	machine := filepath.Join(root, volatile, "0123456789abcdef0123456789abcdef")
	touch := func(dir, name string, mode fs.FileMode) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, name), nil, mode)); err != nil {
			t.Fatal(err)
		}
	}
	place := func() (args, notices []string, err error) {
		args, err = NewSystem(root).place(func(n string) { notices = append(notices, n) })
		return args, notices, err
	}
	touch(machine, "system.journal", 0o644)
	args, notices, err := place()
	if err != nil || len(args) != 1 || args[0] != "--directory="+filepath.Join(root, volatile) || len(notices) != 1 || !strings.Contains(notices[0], "in memory only") {
		t.Errorf("in memory: %q %q %v", args, notices, err)
	}
	machine = filepath.Join(root, persistent, "0123456789abcdef0123456789abcdef")
	touch(machine, "system@1.journal", 0o644)
	touch(machine, "README", 0o644)
	args, notices, err = place()
	if err != nil || len(args) != 1 || args[0] != "--directory="+filepath.Join(root, persistent) || len(notices) != 0 {
		t.Errorf("on disk: %q %q %v", args, notices, err)
	}
	// A link out of the image would show the journal of another machine.
	if err := os.RemoveAll(filepath.Join(root, "var")); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	touch(filepath.Join(other, "log/journal"), "system.journal", 0o644)
	if err := errors.Join(os.Symlink(other, filepath.Join(root, "var")), os.RemoveAll(filepath.Join(root, "run"))); err != nil {
		t.Fatal(err)
	}
	if _, _, err := place(); err == nil {
		t.Error("a link that leads out of the image was followed")
	}
}

// The real journalctl on a real journal, made from a recording.
func TestRealJournal(t *testing.T) {
	remote := "/lib/systemd/systemd-journal-remote"
	if _, err := exec.LookPath("journalctl"); err != nil {
		t.Skip("no journalctl here")
	}
	if _, err := os.Stat(remote); err != nil {
		t.Skip("no systemd-journal-remote here to make a journal with")
	}
	dir := t.TempDir()
	export, err := os.Open("testdata/small.export")
	if err != nil {
		t.Fatal(err)
	}
	defer export.Close()
	cmd := exec.Command(remote, "--split-mode=none", "-o", filepath.Join(dir, "system.journal"), "-")
	cmd.Stdin = export
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := &System{Directory: dir}
	for _, c := range []struct {
		q    Query
		want string
	}{
		{Query{}, "start a1 multi\nline ssh suppressed b1 b2"},
		{Query{Unit: "kubelet"}, "start a1 multi\nline suppressed b1 b2"},
		{Query{Invocation: "0000000000000000000000000000000a"}, "start a1 multi\nline suppressed"},
		{Query{Unit: "kubelet", Pattern: "^b"}, "b1 b2"},
		{Query{Unit: "kubelet", Pattern: "^nothing"}, ""},
		{Query{Unit: "kubelet", Tail: 2}, "b1 b2"},
		{Query{Unit: "kubelet", Until: time.UnixMicro(1795434898000003)}, "start a1 multi\nline"},
		{Query{Unit: "kubelet", Since: time.UnixMicro(1795434898000006)}, "b1 b2"},
		{Query{Unit: "kubelet", Boot: "0000000000000000000000000000b002"}, "b1 b2"},
	} {
		got, err := read(t, s, c.q)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %q, %v; want %q", c.q, got, err, c.want)
		}
	}
	if _, err := read(t, s, Query{Boot: "-7"}); !errors.Is(err, errNoBoot) {
		t.Errorf("a boot that is not there: %v", err)
	}
}
