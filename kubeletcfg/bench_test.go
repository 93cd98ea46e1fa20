package kubeletcfg

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/plegctl/plegctl/verify/source"
)

// Reading and editing grow with the text, and no faster.

func kubeadmConfig(b *testing.B) []byte {
	b.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "set", "missing-kubeadm-order", "in"))
	if err != nil {
		b.Fatal(err)
	}
	return data
}

// bigYAML is a KubeletConfiguration of about the given size.
func bigYAML(size int) []byte {
	var out bytes.Buffer
	out.WriteString(head + "registerWithTaints:\n")
	for i := 0; out.Len() < size; i++ {
		fmt.Fprintf(&out, "- key: key-%d # a comment\n  value: \"value %d\"\n  effect: NoSchedule\n", i, i)
	}
	out.WriteString("featureGates:\n  GracefulNodeShutdown: true\n")
	return out.Bytes()
}

func bigJSON(size int) []byte {
	var out bytes.Buffer
	out.WriteString(`{"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "registerWithTaints": [`)
	for i := 0; out.Len() < size; i++ {
		fmt.Fprintf(&out, "\n  {\"key\": \"key-%d\", \"value\": \"value %d\", \"effect\": \"NoSchedule\"},", i, i)
	}
	out.WriteString("\n{}], \"featureGates\": {\"GracefulNodeShutdown\": true}}\n")
	return out.Bytes()
}

// slow are texts that are easy to write and were slow to read: the time must grow with
// their size, and no faster.
func slow(size int) map[string]func() []byte {
	repeat := func(before, after, each string, args func(i int) []any) func() []byte {
		return func() []byte {
			var out bytes.Buffer
			out.WriteString(before)
			for i := 0; out.Len() < size; i++ {
				fmt.Fprintf(&out, each, args(i)...)
			}
			out.WriteString(after)
			return out.Bytes()
		}
	}
	number := func(i int) []any { return []any{i} }
	none := func(int) []any { return nil }
	return map[string]func() []byte{
		"gates in one line":      repeat(head+"featureGates: {", "}\n", "Gate%d: true, ", number),
		"umlauts in one line":    repeat(head+"featureGates: {", "}\n", "Gäte%d: true, ", number),
		"gates in lines":         repeat(head+"featureGates:\n", "", "  Gate%d: true\n", number),
		"one gate again":         repeat(head+"featureGates:\n", "", "  Gate: true\n", none),
		"keys":                   repeat(head, "featureGates: {A: true}\n", "key%d: 1\n", number),
		"comments, then gates":   repeat("", head+"featureGates: {A: true, B: true}\n", "# comment\n", none),
		"documents":              repeat(head, "", "---\na: 1\n", none),
		"nested maps":            repeat(head+"a: ", "", "{a: ", none),
		"JSON gates in one line": repeat(`{"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "featureGates": {`, `"A": true}}`, `"Gate%d": true,`, number),
	}
}

func BenchmarkSlowInput(b *testing.B) {
	for _, size := range []int{32 << 10, 256 << 10} {
		for name, text := range slow(size) {
			b.Run(fmt.Sprintf("%s/%dKB", name, size>>10), func(b *testing.B) {
				src := text()
				b.SetBytes(int64(len(src)))
				for b.Loop() {
					Read(inputs("1.36.3", src, [][]byte{src})).Gate("EventedPLEG")
					// Whether it is edited or refused, it is read in full.
					_, _ = setGate(src, source.ConfigFile, true)
				}
			})
		}
	}
}

func BenchmarkManyFlags(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			flags := make([]string, n)
			for i := range flags {
				flags[i] = fmt.Sprintf("--feature-gates=Gate%d=true,EventedPLEG=true", i)
			}
			for b.Loop() {
				Read(inputs("1.36.3", []byte(head), nil, flags...)).Gate("EventedPLEG")
			}
		})
	}
}

func benchSetGate(b *testing.B, src []byte) {
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		edit, err := setGate(src, source.ConfigFile, true)
		if err != nil || !edit.Changed() {
			b.Fatal(err)
		}
	}
}

func BenchmarkSetGateKubeadm(b *testing.B) { benchSetGate(b, kubeadmConfig(b)) }

func BenchmarkSetGateYAML(b *testing.B) {
	for _, size := range []int{10 << 10, 100 << 10, 1 << 20} {
		b.Run(fmt.Sprint(size>>10, "KB"), func(b *testing.B) { benchSetGate(b, bigYAML(size)) })
	}
}

func BenchmarkSetGateJSON(b *testing.B) {
	for _, size := range []int{100 << 10, 1 << 20} {
		b.Run(fmt.Sprint(size>>10, "KB"), func(b *testing.B) { benchSetGate(b, bigJSON(size)) })
	}
}

func BenchmarkEffective(b *testing.B) {
	for _, dropIns := range []int{0, 10, 100, 1000} {
		b.Run(fmt.Sprint(dropIns, "drop-ins"), func(b *testing.B) {
			var files [][]byte
			for i := range dropIns {
				files = append(files, testEditor().DropIn([]string{"EventedPLEG", "GracefulNodeShutdown", "MemoryQoS"}[i%3], i%2 == 0))
			}
			in := inputs("1.36.3", kubeadmConfig(b), files)
			b.ReportAllocs()
			for b.Loop() {
				if g := Read(in).Gate("EventedPLEG"); !g.Known {
					b.Fatal("not known")
				}
			}
		})
	}
}
