package runtimecfg

import (
	"fmt"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// bigTOML is a CRI-O file of about n bytes with the key's table in its middle.
func bigTOML(n int) []byte {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "[crio.runtime.runtimes.r%d] # number %d\nruntime_path = \"/usr/bin/r%d\"\nallowed_annotations = [\n  \"io.kubernetes.cri-o.x%d\", # one\n  \"b\",\n]\nweight = %d\n\n", i, i, i, i, i)
		if i == 1000 {
			b.WriteString("[crio.runtime]\nlog_level = \"info\"\n# enable_pod_events = false\n\n")
		}
	}
	return []byte(b.String())
}

func BenchmarkSetPodEvents(b *testing.B) {
	for _, mb := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			src := bigTOML(mb << 20)
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				if edit, err := crioEditor().Set(src, true); err != nil || !edit.Changed() {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEffectiveCRIOFile(b *testing.B) {
	for _, mb := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			in := Inputs{Files: configFile(known.CRIO, bigTOML(mb<<20))}
			b.SetBytes(int64(len(in.Files[0].Data)))
			for b.Loop() {
				if c := Effective(known.CRIO, in); c.refused() {
					b.Fatal(c.Problems)
				}
			}
		})
	}
}

func BenchmarkEffectiveCRIODropIns(b *testing.B) {
	for _, n := range []int{1000, 2000, 4000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var in Inputs
			for i := range n {
				in.Files = append(in.Files, source.File{Path: fmt.Sprintf("/etc/crio/crio.conf.d/%d/%d.conf", i%10, i), Data: fmt.Appendf(nil, "[crio.runtime]\nenable_pod_events = %t\n", i%2 == 0)})
			}
			for b.Loop() {
				if c := Effective(known.CRIO, in); len(c.PodEvents.Overridden) != n-1 {
					b.Fatal(len(c.PodEvents.Overridden))
				}
			}
		})
	}
}

func BenchmarkEffectiveContainerdImports(b *testing.B) {
	for _, n := range []int{1000, 2000, 4000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var files []source.File
			for i := range n {
				files = append(files, source.File{Path: fmt.Sprintf("/etc/containerd/d/%05d.toml", i), Data: []byte("version = 3\n[grpc]\naddress = \"/run/x.sock\"\n")})
			}
			in := Inputs{Version: known.V(2, 1, 5), Files: append(files, configFile(known.Containerd, []byte("version = 3\nimports = [\"d/*.toml\"]\n"))...)}
			for b.Loop() {
				if c := Effective(known.Containerd, in); len(c.Files) != n+1 {
					b.Fatal(len(c.Files))
				}
			}
		})
	}
}

// slowTexts are small texts that the TOML libraries need the square of their size for.
func slowTexts() map[string][]byte {
	var keys, tables, arrays, deep, inline strings.Builder
	for i := range 50 {
		fmt.Fprintf(&keys, "%sx%d = 1\n", strings.Repeat(fmt.Sprintf("k%d.", i), 900), i)
	}
	for i := range 16000 {
		fmt.Fprintf(&tables, "[t%d]\na = 1\n", i)
		fmt.Fprintf(&deep, "[crio.runtime.runtimes.r%d]\na = 1\n", i)
		fmt.Fprintf(&arrays, "[[crio.runtime.x]]\na = 1\n")
		fmt.Fprintf(&inline, "a%d = {x = 1, y = {z = 1}}\n", i)
	}
	return map[string][]byte{
		"50 keys of 900 parts": []byte(keys.String()), "16000 tables": []byte(tables.String()), "16000 arrays of tables": []byte(arrays.String()),
		"16000 runtimes": []byte(deep.String()), "16000 inline tables": []byte(inline.String()),
		"nested arrays": []byte("a = " + strings.Repeat("[", 100000)), "one long key": []byte(strings.Repeat("a.", 100000) + "a = 1\n"),
	}
}

func BenchmarkSlowTexts(b *testing.B) {
	for name, src := range slowTexts() {
		for _, runtime := range []known.RuntimeName{known.CRIO, known.Containerd} {
			b.Run(fmt.Sprintf("%s/%s", name, runtime), func(b *testing.B) {
				in := Inputs{Version: map[known.RuntimeName]known.Version{known.CRIO: known.V(1, 36, 3), known.Containerd: known.V(2, 4, 2)}[runtime], Files: configFile(runtime, src)}
				editor := Editor{Runtime: runtime, Version: in.Version, Owner: "plegctl"}
				b.SetBytes(int64(len(src)))
				for b.Loop() {
					Effective(runtime, in)
					_, _ = editor.Set(src, true)
				}
			})
		}
	}
}
