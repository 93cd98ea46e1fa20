package logread

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/logscan"
)

const started = `I1123 11:55:00.123456    2264 server.go:545] "Kubelet version" kubeletVersion="v1.36.3"` + "\n"

func readFile(ctx context.Context, name string, stdin io.Reader) (logscan.Source, int, error) {
	q, err := Flags{File: name}.Query("kubelet", time.Time{})
	if err != nil {
		return logscan.Source{}, 0, err
	}
	r := Reader{Query: q, Stdin: stdin, Now: time.Now, Notice: func(string) {}}
	n := 0
	source, err := r.Read(ctx, func(logscan.Entry) error { n++; return nil })
	return source, n, err
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name, text, err, hint, empty, notice string
		entries                              int
	}{
		{name: "klog", text: started, entries: 1},
		{name: "cut", text: "I1123 11:55:00.123456    2264 server.go:545] \"Kubelet versi>\n", entries: 1, notice: "1 of 1 recognized lines are cut off"},
		{name: "wrapped", text: "I1123 11:55:00.123456    2264 server.go:545] \"Kubelet version\" kubele\ntVersion=\"v1.36.3\"\n", entries: 1, notice: "1 of 2 lines were wrapped"},
		{name: "prose", text: "hello\nworld\n", empty: "none of its lines (2)"},
		{name: "xz", text: "\xfd7zXZ\x00abc\n", err: "compressed with xz", hint: "xz -dc FILE | plegctl logs --file -"},
		{name: "journal", text: "LPKSHHRH\x00\n", err: "a file of journald", hint: "--directory"},
		{name: "half an export", text: "__CURSOR=s=1\n_PID=1\nMESS", notice: "ends in the middle of an entry"},
		{name: "empty", text: ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := filepath.Join(dir, c.name)
			if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			source, n, err := readFile(t.Context(), name, nil)
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) || !strings.Contains(hint.Of(err), c.hint) {
				t.Errorf("error %v, hint %q", err, hint.Of(err))
			}
			if n != c.entries || !strings.Contains(source.Empty, c.empty) || !strings.Contains(strings.Join(source.Notices, " "), c.notice) || source.Verified {
				t.Errorf("%d entries, %+v", n, source)
			}
		})
	}
}

// What is not a log file or a pipe is refused at once.
func TestOtherKindsOfFiles(t *testing.T) {
	for name, want := range map[string]string{t.TempDir(): "not a regular file", "/dev/zero": "not a regular file", "/nonexistent/kubelet.log": "no such file"} {
		if _, _, err := readFile(t.Context(), name, nil); err == nil || !strings.Contains(err.Error(), want) || hint.Of(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPipes(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		if f, err := os.OpenFile(fifo, os.O_WRONLY, 0); err == nil {
			_, _ = f.WriteString(started)
			_ = f.Close()
		}
	}()
	if source, n, err := readFile(t.Context(), fifo, nil); err != nil || n != 1 {
		t.Errorf("a named pipe: %d entries, %v, %+v", n, err, source)
	}
	silent, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	go func() {
		_, _ = io.WriteString(writer, started+started)
		cancel(enough)
	}()
	if _, _, err := readFile(ctx, "-", silent); !errors.Is(err, enough) {
		t.Errorf("stdin that never ends: %v", err)
	}
	sparse := filepath.Join(t.TempDir(), "sparse")
	if err := errors.Join(os.WriteFile(sparse, nil, 0o600), os.Truncate(sparse, 1<<42)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithCancelCause(t.Context())
	time.AfterFunc(10*time.Millisecond, func() { cancel(enough) })
	if _, _, err := readFile(ctx, sparse, nil); !errors.Is(err, enough) {
		t.Errorf("a file without records and without an end: %v", err)
	}
	endless := newPipe(t.Context(), strings.NewReader(strings.Repeat("x", 100)))
	endless.left = 50
	if n, err := io.Copy(io.Discard, endless); !errors.Is(err, errEndless) || n < 50 {
		t.Errorf("more than the bound: %d bytes, %v", n, err)
	}
}

// A log that is asked for by time keeps the further lines of what it keeps.
func TestWindow(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	q, err := Flags{File: "x", Since: "2026-11-23 12:00", Until: "2026-11-23 13:00"}.Query("kubelet", at)
	if err != nil {
		t.Fatal(err)
	}
	keep, got := true, ""
	for _, e := range []logscan.Entry{{Time: at.Add(-time.Second)}, {}, {Time: at}, {}, {Time: at.Add(2 * time.Hour)}, {}} {
		got += map[bool]string{true: "y", false: "n"}[q.wants(e, &keep)]
	}
	if got != "nnyynn" {
		t.Errorf("kept %s", got)
	}
}
