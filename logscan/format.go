package logscan

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Format is how entries are laid out in a file. What a kubelet writes within (klog text,
// klog JSON, plain text) is recognised line by line in all of them.
type Format string

// The formats.
const (
	// FormatAuto finds out.
	FormatAuto Format = "auto"
	// FormatExport is journalctl -o export.
	FormatExport Format = "export"
	// FormatJSON is journalctl -o json: one object a line.
	FormatJSON Format = "json"
	// FormatShort is journalctl -o short and its variants (precise, iso, iso-precise,
	// full, unix, monotonic, with-unit), and syslog files.
	FormatShort Format = "short"
	// FormatCRI is a container's log file as container runtimes write it.
	FormatCRI Format = "cri"
	// FormatDocker is a container's log file as Docker writes it.
	FormatDocker Format = "docker"
	// FormatKlog is what the kubelet writes and nothing around it: a klog file, in text or
	// JSON, or journalctl -o cat.
	FormatKlog Format = "klog"
)

// Formats lists the formats, FormatAuto first.
func Formats() []Format {
	return []Format{FormatAuto, FormatExport, FormatJSON, FormatShort, FormatCRI, FormatDocker, FormatKlog}
}

// ParseFormat reads a format by its name; "cat" is another name of klog.
func ParseFormat(s string) (Format, error) {
	if s == "cat" {
		return FormatKlog, nil
	}
	if slices.Contains(Formats(), Format(s)) {
		return Format(s), nil
	}
	var names []string
	for _, f := range Formats() {
		names = append(names, string(f))
	}
	return "", fmt.Errorf("unknown log format %q, not one of %s", s, strings.Join(names, ", "))
}

// NotTextError tells that the input is a file of another kind.
type NotTextError struct {
	// Kind is what it is ("xz", "gzip", "zstd", "bzip2", "a journal file", "json-pretty").
	Kind string
}

func (e *NotTextError) Error() string {
	if e.Kind == journalFile || e.Kind == prettyJSON {
		return "the log is " + e.Kind + ", not text"
	}
	return "the log is compressed with " + e.Kind
}

// ErrTruncated tells that an export ended in the middle of an entry: whoever wrote it was
// stopped, or the file is not whole.
var ErrTruncated = errors.New("the journal export ends in the middle of an entry")

const (
	journalFile = "a file of journald"
	prettyJSON  = "journalctl's json-pretty"
)

// notText knows files of other kinds by how they begin.
func notText(head []byte) error {
	for _, magic := range []struct{ bytes, kind string }{
		{"\xfd7zXZ\x00", "xz"},
		{"\x1f\x8b", "gzip"},
		{"\x28\xb5\x2f\xfd", "zstd"},
		{"BZh", "bzip2"},
		{"LPKSHHRH", journalFile},
		{"{\n\t\"", prettyJSON},
	} {
		if bytes.HasPrefix(head, []byte(magic.bytes)) {
			return &NotTextError{magic.kind}
		}
	}
	return nil
}

// detect looks at the first lines and takes the format that most of them have. Text that
// has none of them is read as plain lines.
func detect(head []byte) Format {
	votes := map[Format]int{}
	lines := 0
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			continue
		}
		f := formatOf(line)
		if f == FormatExport {
			return f // no other text looks like that
		}
		votes[f]++
		if lines++; lines == 200 {
			break
		}
	}
	best := FormatKlog
	for _, f := range Formats() {
		if votes[f] > votes[best] {
			best = f
		}
	}
	return best
}

func formatOf(line []byte) Format {
	if line[0] == '\x1e' {
		line = line[1:] // json-seq
	}
	switch {
	case len(line) == 0, bytes.HasPrefix(line, []byte("-- ")):
		return ""
	case bytes.HasPrefix(line, []byte("__CURSOR=")), bytes.HasPrefix(line, []byte("__REALTIME_TIMESTAMP=")):
		return FormatExport
	case bytes.HasPrefix(line, []byte(`{"log":`)):
		return FormatDocker
	case splitJSON(line) >= 0, splitHeader(line) >= 0:
		return FormatKlog
	case line[0] == '{' && (bytes.Contains(line, []byte(`"MESSAGE"`)) || bytes.Contains(line, []byte(`"__CURSOR"`)) || bytes.Contains(line, []byte(`"__REALTIME_TIMESTAMP"`))):
		return FormatJSON
	}
	if _, ok := parseCRI(line); ok {
		return FormatCRI
	}
	if _, ok := parseShort(line, time.Time{}); ok {
		return FormatShort
	}
	return ""
}
