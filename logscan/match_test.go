package logscan

import (
	"regexp"
	"strings"
	"testing"
)

// patternRE2 is Pattern for Go's regexp, which has no atomic groups; they only save time.
func patternRE2() *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(Pattern(), "(?>", "(?:"))
}

// What the pattern leaves out must never be of use: over all recordings, the same runs come
// out with it and without it.
func TestPatternKeepsAllThatMatters(t *testing.T) {
	pattern := patternRE2()
	for _, name := range recordingNames(t) {
		all, some := NewScanner(Options{}), NewScanner(Options{})
		kept, entries := 0, 0
		err := DecodeExport(strings.NewReader(string(recorded(t, name))), func(e Entry) error {
			entries++
			all.Add(e)
			if pattern.Match(e.Message) {
				kept++
				some.Add(e)
			} else if all.match.candidate(e.Message) {
				m := parseMessage(e.Message)
				if all.match.find(&m) != nil {
					t.Errorf("%s: left out: %s", name, e.Message)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		a, b := all.Report(), some.Report()
		if a.State != b.State || a.Reason != b.Reason || len(a.Runs) != len(b.Runs) || a.Runs[0].Gate != b.Runs[0].Gate || a.Runs[0].Events != b.Runs[0].Events {
			t.Errorf("%s: %s (%s) with all entries, %s (%s) with the pattern", name, a.State, a.Reason, b.State, b.Reason)
		}
		if kept > entries*2/3 {
			t.Errorf("%s: the pattern keeps %d of %d entries", name, kept, entries)
		}
	}
}

// samples writes each signature as a kubelet would, in all forms.
func samples(s Signature) []string {
	keys, fields := "", ""
	if s.Key != "" {
		keys, fields = ` `+s.Key+`="x"`, `,"`+s.Key+`":"x"`
	}
	text := `I1123 11:55:00.123456    2264 some_file.go:12] ` + s.Text
	if s.Key != "" {
		text = `E1123 11:55:00.123456 1234567 x.go:1] "` + s.Text + `"` + keys
	}
	return []string{
		text,
		`{"ts":1795434898733.0001,"caller":"a/b.go:1","msg":"` + s.Text + `","v":0` + fields + `}`,
		`{"ts":1795434898733.0001,"logger":"kubelet","caller":"a/b.go:1","msg":"` + s.Text + `"` + fields + `}`,
	}
}

func TestEverySignatureIsFoundInEveryForm(t *testing.T) {
	m, pattern := newMatcher(), patternRE2()
	for _, s := range Signatures() {
		for _, line := range samples(s) {
			msg := parseMessage([]byte(line))
			found := m.find(&msg)
			if found == nil || found.Kind != s.Kind {
				t.Errorf("not found: %s", line)
			}
			if !m.candidate([]byte(line)) {
				t.Errorf("no candidate: %s", line)
			}
			if !pattern.MatchString(line) {
				t.Errorf("not in the pattern: %s", line)
			}
		}
	}
}

// Text that quotes a signature is none.
func TestSignaturesAreFoundAtTheBeginningOnly(t *testing.T) {
	m := newMatcher()
	for _, line := range []string{
		`I1123 11:55:00.123456    2264 event.go:389] "Event occurred" message="container event received"`,
		`I1123 11:55:00.123456    2264 x.go:1] "a: Evented PLEG: Generated pod status from the received event"`,
		`I1123 11:55:00.123456    2264 state_mem.go:88] "Updated default CPUSet" cpuSet=""`,
		`{"ts":1795434898733.0001,"caller":"a/b.go:1","msg":"other","v":0,"text":"\"msg\":\"Kubelet version\""}`,
		`time="2026-11-23" level=info msg="Kubelet version"`,
		`Nov 23 kubelet: panic: no`,
		`I1123 11:55:00.123456    2264 evented.go:238] "something else"`,
		``, `"`, `{`, `{"ts":`, `I1123 11:55:00.123456`, `] `,
	} {
		msg := parseMessage([]byte(line))
		if found := m.find(&msg); found != nil {
			t.Errorf("%s: found as %q", line, found.Text)
		}
	}
}

func TestSignatureTable(t *testing.T) {
	for i, s := range Signatures() {
		if s.Text == "" || s.Source == "" || s.Kind == KindNone || s.Kind.String() == "none" || s.First < 26 || s.Last != 0 && s.Last < s.First || s.Level < 0 || s.Level > 4 {
			t.Errorf("row %d: %+v", i, s)
		}
		for _, other := range Signatures()[:i] {
			if s.Text == other.Text {
				t.Errorf("two rows for %q", s.Text)
			}
		}
	}
}
