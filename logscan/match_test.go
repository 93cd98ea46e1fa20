package logscan

import (
	"fmt"
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
			} else {
				m := parseMessage(e.Message)
				if row, _ := all.match.find(&m); row != nil {
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

// samples writes each form of a message as a kubelet would, text and JSON.
func samples(row Message) []string {
	var lines []string
	for _, form := range row.Forms {
		if row.Writer != "" {
			lines = append(lines, form.Text)
			continue
		}
		keys, fields, text := "", "", form.Text
		if row.Key != "" {
			value := `"` + strings.Join(row.Holds, "; ") + `x"`
			keys, fields = ` `+row.Key+`=`+value, `,"`+row.Key+`":`+value
		} else if len(row.Holds) > 0 {
			text += row.Holds[0]
		}
		klog := `I1123 11:55:00.123456    2264 some_file.go:12] ` + text
		if row.Key != "" {
			klog = `E1123 11:55:00.123456 1234567 x.go:1] "` + text + `"` + keys
		}
		lines = append(lines, klog,
			`{"ts":1795434898733.0001,"caller":"a/b.go:1","msg":"`+text+`","v":0`+fields+`}`,
			`{"ts":1795434898733.0001,"logger":"kubelet","caller":"a/b.go:1","msg":"`+text+`"`+fields+`}`)
		if row.Bare {
			lines = append(lines, text)
		}
	}
	return lines
}

func TestEveryMessageIsFoundInEveryForm(t *testing.T) {
	m, pattern := newMatcher(), patternRE2()
	for _, row := range Messages() {
		for _, line := range samples(row) {
			msg := parseMessage([]byte(line))
			found, _ := m.find(&msg)
			if row.Writer != "" {
				found = m.findSystemd(row.Writer, []byte(line))
			}
			if found == nil || found.Kind != row.Kind || found.Detail != row.Detail {
				t.Errorf("not found: %s", line)
			}
			if !pattern.MatchString(line) {
				t.Errorf("not in the pattern: %s", line)
			}
		}
	}
}

// Text that quotes a message is not one.
func TestMessagesAreFoundAtTheBeginningOnly(t *testing.T) {
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
		if found, form := m.find(&msg); found != nil {
			t.Errorf("%s: found as %q", line, form.Text)
		}
	}
}

func TestMessageTable(t *testing.T) {
	for i, row := range Messages() {
		if row.Kind == KindNone || row.Kind.String() == "none" || len(row.Forms) == 0 {
			t.Errorf("row %d: %+v", i, row)
		}
		for n, form := range row.Forms {
			if form.Text == "" || form.Source == "" || form.First < 26 || form.Last != 0 && form.Last < form.First || form.Level < 0 || form.Level > 4 {
				t.Errorf("row %d: %+v", i, form)
			}
			if n > 0 && form.First <= row.Forms[n-1].Last {
				t.Errorf("row %d: two forms for 1.%d", i, form.First)
			}
		}
	}
}

// A kubelet does not log what was added or removed in other versions: such a message is
// from somewhere else, and the log is not whole.
func TestVersionsOfMessagesCount(t *testing.T) {
	const gaveUp = "I1123 11:56:00.123456    2264 evented.go:194] \"Fall back to Generic PLEG relisting since Evented PLEG is not working\"\n"
	for minor, want := range map[int]State{36: StateFellBack, 37: StateInconclusive, 39: StateFellBack} {
		r, _ := scan(t, fmt.Sprintf("I1123 11:55:00.123456    2264 server.go:545] \"Kubelet version\" kubeletVersion=\"v1.%d.2\"\n", minor)+gaveUp)
		if r.State != want || (r.Runs[0].Misplaced == 1) != (want == StateInconclusive) {
			t.Errorf("1.%d: %s (%s), %d misplaced", minor, r.State, r.Reason, r.Runs[0].Misplaced)
		}
	}
}
