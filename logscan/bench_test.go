package logscan

import (
	"bytes"
	"strings"
	"testing"
)

// BenchmarkReadKlog is a log file from bytes to verdict; MB/s is the figure to watch.
func BenchmarkReadKlog(b *testing.B) {
	for _, name := range []string{"1.36.3-containerd-on-v4", "1.36.3-containerd-on-json-v4", "1.37.2-containerd-unset-v2"} {
		b.Run(name, func(b *testing.B) {
			text := as(b, recorded(b, name), "klog")
			text = strings.Repeat(text, 1+(8<<20)/len(text))
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				s := NewScanner(Options{Now: fuzzNow})
				if _, err := Read(strings.NewReader(text), fuzzNow, func(e Entry) error {
					s.Add(e)
					return nil
				}); err != nil {
					b.Fatal(err)
				}
				s.Report()
			}
		})
	}
}

func BenchmarkDecodeExport(b *testing.B) {
	text := recorded(b, "1.36.3-containerd-on-v4")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := DecodeExport(bytes.NewReader(text), func(Entry) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCandidate(b *testing.B) {
	m := newMatcher()
	line := []byte(`I1123 12:18:03.244803    8738 kubelet.go:2546] "SyncLoop (PLEG): event for pod" pod="default/busy-vm" event={"ID":"dead24d650dc"}`)
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		r, _ := recordAt(line, 0)
		if row, _ := m.candidate(line[r.text:]); row != nil {
			b.Fatal("a candidate")
		}
	}
}
