package logscan

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func scan(t testing.TB, text string) (Report, ReadStats) {
	t.Helper()
	s := NewScanner(Options{Now: fuzzNow})
	stats, err := Read(strings.NewReader(text), fuzzNow, func(e Entry) error {
		s.Add(e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.Report(), stats
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

// Every recording shows the same in every frame.
func TestEveryFrameGivesTheTruth(t *testing.T) {
	for _, name := range recordingNames(t) {
		export := recorded(t, name)
		want, version := truth(t, name)
		for _, f := range frames() {
			r, stats := scan(t, as(t, export, f.name))
			if r.State != want || len(r.Runs) != 1 || r.Runs[0].Version.String() != version || !r.Runs[0].StartSeen || r.Runs[0].Cut > 0 {
				t.Errorf("%s as %s: %s (%s), %d runs, %+v, want %s of %s", name, f.name, r.State, r.Reason, len(r.Runs), stats, want, version)
			}
			if r.First.Year() != 2026 || r.Last.Sub(r.First) > time.Minute || r.Last.Before(r.First) {
				t.Errorf("%s as %s: from %s to %s", name, f.name, r.First, r.Last)
			}
			if stats.Records == 0 || !f.json && stats.Records < stats.Lines*9/10 {
				t.Errorf("%s as %s: %+v", name, f.name, stats)
			}
		}
	}
}

// All recordings one after the other are as many runs, each with its own truth.
func TestRunsAreToldApart(t *testing.T) {
	names := recordingNames(t)
	for _, form := range []string{"klog", "cat", "short", "cri", "json", "compose", "talos"} {
		var b strings.Builder
		for _, name := range names {
			b.WriteString(as(t, recorded(t, name), form))
		}
		r, _ := scan(t, b.String())
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
				r, _ := scan(t, part)
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
		"\xfd7zXZ\x00abc": "xz", "\x1f\x8b\x08": "gzip", "\x28\xb5\x2f\xfd": "zstd", "BZh9": "bzip2", "LPKSHHRH\x00": journalFile,
	} {
		_, err := Read(strings.NewReader(magic), time.Time{}, func(Entry) error { return nil })
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
		if r, _ := scan(t, text); r.State != StateInconclusive || r.Reason == "" {
			t.Errorf("%.40q: %s (%s)", text, r.State, r.Reason)
		}
	}
}
