package logscan

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func scan(t testing.TB, text string, format Format) (Report, ReadStats) {
	t.Helper()
	s := NewScanner(Options{Now: fuzzNow})
	stats, err := Read(strings.NewReader(text), ReadOptions{Format: format, Now: fuzzNow}, func(e Entry) error {
		s.Add(e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.Report(), stats
}

// as writes a recording in one of the formats.
func as(t testing.TB, export []byte, form string) string {
	t.Helper()
	var b strings.Builder
	err := DecodeExport(bytes.NewReader(export), func(e Entry) error {
		at := e.Time
		head := func(stamp string) {
			fmt.Fprintf(&b, "%s vm %s[%d]: %s\n", stamp, e.Identifier, e.PID, e.Message)
		}
		switch form {
		case "cat":
			fmt.Fprintf(&b, "%s\n", e.Message)
		case "cat crlf":
			fmt.Fprintf(&b, "%s\r\n", e.Message)
		case "klog": // a file of the kubelet's own: no entries of systemd
			if e.PID != 1 {
				fmt.Fprintf(&b, "%s\n", e.Message)
			}
		case "short":
			head(at.Format("Jan _2 15:04:05"))
		case "short-precise":
			head(at.Format("Jan _2 15:04:05.000000"))
		case "short-iso":
			head(at.Format("2006-01-02T15:04:05-0700"))
		case "short-iso-precise":
			head(at.Format("2006-01-02T15:04:05.000000-07:00"))
		case "short-full":
			head(at.Format("Mon 2006-01-02 15:04:05 MST"))
		case "short-unix":
			head(fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000))
		case "short-monotonic":
			head("[ 8263.772719]")
		case "with-unit":
			fmt.Fprintf(&b, "%s vm %s[%d]: %s\n", at.Format("Mon 2006-01-02 15:04:05 MST"), e.Unit, e.PID, e.Message)
		case "syslog":
			message := strings.ReplaceAll(string(e.Message), "\t", "#011")
			fmt.Fprintf(&b, "%s vm %s[%d]: %s\n", at.Format("Jan _2 15:04:05"), e.Identifier, e.PID, message)
		case "cri":
			if e.PID != 1 {
				half := len(e.Message) / 2
				fmt.Fprintf(&b, "%s stderr P %s\n", at.Format(time.RFC3339Nano), e.Message[:half])
				fmt.Fprintf(&b, "%s stderr F %s\n", at.Format(time.RFC3339Nano), e.Message[half:])
			}
		case "docker":
			if e.PID != 1 {
				fmt.Fprintf(&b, `{"log":%s,"stream":"stderr","time":%q}`+"\n", quoteJSON(string(e.Message)+"\n"), at.Format(time.RFC3339Nano))
			}
		case "json", "json numbers":
			message := quoteJSON(string(e.Message))
			if form == "json numbers" {
				message = strings.ReplaceAll(fmt.Sprint(e.Message), " ", ",")
			}
			unit := fmt.Sprintf(`"_SYSTEMD_UNIT":%q,"_SYSTEMD_INVOCATION_ID":%q`, e.Unit, e.Invocation)
			if e.PID == 1 {
				unit = fmt.Sprintf(`"_SYSTEMD_UNIT":"init.scope","UNIT":%q,"INVOCATION_ID":%q`, e.Unit, e.Invocation)
			}
			fmt.Fprintf(&b, `{"__CURSOR":%q,"__REALTIME_TIMESTAMP":"%d","_BOOT_ID":%q,%s,"SYSLOG_IDENTIFIER":%q,"_PID":"%d","MESSAGE":%s}`+"\n",
				e.Cursor, at.UnixMicro(), e.Boot, unit, e.Identifier, e.PID, message)
		default:
			t.Fatalf("no form %q", form)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func quoteJSON(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Every recording says the same in every format, and each format is recognised.
func TestEveryFormatGivesTheTruth(t *testing.T) {
	forms := map[string]Format{
		"cat": FormatKlog, "cat crlf": FormatKlog, "klog": FormatKlog,
		"short": FormatShort, "short-precise": FormatShort, "short-iso": FormatShort, "short-iso-precise": FormatShort,
		"short-full": FormatShort, "short-unix": FormatShort, "short-monotonic": FormatShort, "with-unit": FormatShort, "syslog": FormatShort,
		"cri": FormatCRI, "docker": FormatDocker, "json": FormatJSON, "json numbers": FormatJSON,
	}
	for _, name := range recordingNames(t) {
		export := recorded(t, name)
		want, version := truth(t, name)
		for form, format := range forms {
			r, stats := scan(t, as(t, export, form), FormatAuto)
			if stats.Format != format {
				t.Errorf("%s as %s: taken for %s", name, form, stats.Format)
			}
			if r.State != want || len(r.Runs) != 1 || r.Runs[0].Version.String() != version || !r.Runs[0].StartSeen {
				t.Errorf("%s as %s: %s (%s), %d runs, want %s of %s", name, form, r.State, r.Reason, len(r.Runs), want, version)
			}
			if form != "short-monotonic" && (r.First.Year() != 2026 || r.Last.Sub(r.First) > time.Minute || r.Last.Before(r.First)) {
				t.Errorf("%s as %s: from %s to %s", name, form, r.First, r.Last)
			}
		}
	}
}

// All recordings one after the other are as many runs, each with its own truth.
func TestRunsAreToldApart(t *testing.T) {
	names := recordingNames(t)
	for _, form := range []string{"klog", "cat", "short", "cri", "json"} {
		var b strings.Builder
		for _, name := range names {
			b.WriteString(as(t, recorded(t, name), form))
		}
		r, _ := scan(t, b.String(), FormatAuto)
		if len(r.Runs) != len(names) {
			t.Errorf("%s: %d runs, want %d", form, len(r.Runs), len(names))
			continue
		}
		for i, name := range names {
			if want, version := truth(t, name); r.Runs[i].State != want || r.Runs[i].Version.String() != version {
				t.Errorf("%s: run %d is %s of %s (%s), want %s of %s", form, i, r.Runs[i].State, r.Runs[i].Version, r.Runs[i].Reason, want, version)
			}
		}
	}
}

// Two kubelets that write into one journal at the same time stay two.
func TestInterleavedRuns(t *testing.T) {
	var one, two []Entry
	collect := func(name string, into *[]Entry) {
		err := DecodeExport(bytes.NewReader(recorded(t, name)), func(e Entry) error {
			e.Message = bytes.Clone(e.Message)
			*into = append(*into, e)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	collect("1.37.2-containerd-on-v4", &one)
	collect("1.37.2-crio-off-v2", &two)
	s := NewScanner(Options{})
	for i := range max(len(one), len(two)) {
		if i < len(one) {
			s.Add(one[i])
		}
		if i < len(two) {
			s.Add(two[i])
		}
	}
	r := s.Report()
	if len(r.Runs) != 2 || r.Runs[0].State != StateWorks || r.Runs[1].State != StateFellBack {
		t.Fatalf("%d runs: %+v", len(r.Runs), r)
	}
}

// However a log is cut, it never says more than the whole.
func TestCutLogsSayNoMore(t *testing.T) {
	for _, name := range recordingNames(t) {
		text := as(t, recorded(t, name), "klog")
		want, _ := truth(t, name)
		lines := strings.SplitAfter(text, "\n")
		for i := 0; i < len(lines); i += 1 + len(lines)/12 {
			for _, part := range []string{strings.Join(lines[i:], ""), strings.Join(lines[:i], ""), text[:len(text)*i/len(lines)]} {
				r, _ := scan(t, part, FormatKlog)
				allowed := r.State == want || r.State == StateInconclusive || want == StateFellBack && r.State == StateWorks
				if !allowed {
					t.Fatalf("%s cut at %d of %d: %s (%s), the whole is %s", name, i, len(lines), r.State, r.Reason, want)
				}
			}
		}
	}
}

func TestNotText(t *testing.T) {
	for magic, kind := range map[string]string{
		"\xfd7zXZ\x00abc": "xz", "\x1f\x8b\x08": "gzip", "\x28\xb5\x2f\xfd": "zstd", "BZh9": "bzip2", "LPKSHHRH\x00": journalFile, "{\n\t\"__CURSOR\" : \"s\"": prettyJSON,
	} {
		_, err := Read(strings.NewReader(magic), ReadOptions{}, func(Entry) error { return nil })
		var not *NotTextError
		if !errors.As(err, &not) || not.Kind != kind {
			t.Errorf("%q: %v", magic, err)
		}
	}
}

// An empty log, a log of others, binary rubbish: nothing is concluded.
func TestNothingToConclude(t *testing.T) {
	for _, text := range []string{
		"", "\n\n", "hello\nworld\n", strings.Repeat("\x00\xff\x1b[31m", 1000), strings.Repeat("x", 3<<20),
		"Nov 23 11:55:00 n sshd[1]: Accepted\n", "{}\n{\"a\":1}\n", "\ufeffI1123 11:55:00.123456    2264 a.go:1] \"x\"\n",
		"-- Logs begin at Mon 2026-11-23 --\n-- No entries --\n", "Nov 23 11:55:00 n kube-apiserver[5]: I1123 11:55:00.123456       5 feature_gate.go:385] feature gates: {map[]}\n",
	} {
		if r, _ := scan(t, text, FormatAuto); r.State != StateInconclusive || r.Reason == "" {
			t.Errorf("%.40q: %s (%s)", text, r.State, r.Reason)
		}
	}
}
