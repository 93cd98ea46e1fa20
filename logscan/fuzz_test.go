package logscan

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

var fuzzNow = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// FuzzRead: whatever the bytes, they are read without a panic, gives an error or
// entries, and a verdict is only given on what was seen.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"1.34.4-crio-off-v0", "1.37.2-crio-on-v4"} {
		f.Add(recorded(f, name)[:6000])
	}
	f.Add([]byte("I1123 11:55:00.123456    2264 feature_gate.go:385] feature gates: {map[EventedPLEG:false]}\n"))
	f.Add([]byte("Nov 23 11:55:00 n kubelet[7]: panic: failed to merge: unrecognized feature gate: X\n"))
	f.Add([]byte("2026-11-23T11:55:00.1Z stderr P {\"ts\":1,\n2026-11-23T11:55:00.1Z stderr F \"msg\":\"x\"}\n"))
	f.Add([]byte(`{"log":"E1123 11:55:00.123456 1 x.go:1] \"container events stream is closed\" err=\"EOF\"\n","stream":"stderr","time":"2026-11-23T11:55:00Z"}` + "\n"))
	f.Add([]byte(`{"MESSAGE":[69,1],"_PID":"1","UNIT":"kubelet.service","__REALTIME_TIMESTAMP":"1795434898733000"}` + "\n"))
	for _, seed := range []string{"\x1b", "{\n\"a\": [\n{\"MESSAGE\":", "I1123 11:55:00.123456 7 a.go:1] \"Kubelet ver\nsion\" kubeletVersion=\"v1.3", "    MESSAGE=x\n    _UID=0\nx"} {
		f.Add([]byte(seed))
	}
	for _, frame := range frames() {
		f.Add([]byte(framed(frame, kubeletLog(36, 4, "true", "on", false))))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := NewScanner(Options{Now: fuzzNow, Observe: func(fd Finding) { _ = Escape(fd.Text) }})
		_, err := Read(bytes.NewReader(data), fuzzNow, func(e Entry) error {
			s.Add(e)
			return nil
		})
		if errors.Is(err, errNever) {
			t.Fatal(err)
		}
		r := s.Report()
		for _, run := range r.Runs {
			switch run.State {
			case StateWorks:
				if run.Arrived() == 0 {
					t.Fatalf("works without an event: %+v", run)
				}
			case StateOff:
				if run.Gate.Value != GateOff || run.usesStream() {
					t.Fatalf("off without the gate off: %+v", run)
				}
			case StateFellBack:
				if run.FellBack == nil {
					t.Fatalf("fell back without a fallback: %+v", run)
				}
			case StateInconclusive:
			default:
				t.Fatalf("state %q", run.State)
			}
		}
		if strings.ContainsRune(Escape(r.Reason), '\x1b') {
			t.Fatal("an escape came through")
		}
	})
}

var errNever = errors.New("never")

// FuzzMessage: a klog entry is taken apart without a panic, its quick check agrees with the
// parse, and no value runs out of its entry.
func FuzzMessage(f *testing.F) {
	for _, row := range Messages() {
		for _, line := range samples(row) {
			f.Add([]byte(line))
		}
	}
	f.Add([]byte("I1123 11:55:00.123456    2264 server.go:257] \"Effective KubeletConfiguration\" config=<\n\tfeatureGates:\n\t  EventedPLEG: true\n >"))
	m := newMatcher()
	f.Fuzz(func(t *testing.T, data []byte) {
		msg := parseMessage(data)
		for _, key := range []string{"err", "featureGates", "config", "no such key"} {
			if value, ok := msg.value(key); ok && len(value) > 3*len(data)+8 {
				t.Fatalf("%s is longer than its entry", key)
			}
		}
		text := data
		if r, ok := recordAt(data, 0); ok {
			text = data[r.text:]
		}
		if found, form := m.find(&msg); found != nil && !bytes.ContainsRune(data, '\\') {
			if row, _ := m.candidate(text); row == nil {
				t.Fatalf("the quick check leaves out %q, which is %q", data, form.Text)
			}
		}
		msg.at(fuzzNow)
	})
}

// FuzzExport: the decoder gives back what an export holds, byte for byte.
func FuzzExport(f *testing.F) {
	f.Add([]byte("text"), []byte("two\nlines"), "kubelet", 7)
	f.Add([]byte("\x00\xff="), []byte(""), "a", 0)
	f.Fuzz(func(t *testing.T, one, two []byte, name string, pid int) {
		if pid < 0 || strings.ContainsAny(name, "\n\x00") {
			return
		}
		var b bytes.Buffer
		for _, message := range [][]byte{one, two} {
			writeExport(&b, name, pid, message)
		}
		var got [][]byte
		err := DecodeExport(&b, func(e Entry) error {
			if e.Identifier != name || e.PID != pid {
				t.Fatalf("identifier %q, PID %d", e.Identifier, e.PID)
			}
			got = append(got, bytes.Clone(e.Message))
			return nil
		})
		if err != nil || len(got) != 2 || !bytes.Equal(got[0], one) || !bytes.Equal(got[1], two) {
			t.Fatalf("%q, %v", got, err)
		}
	})
}
