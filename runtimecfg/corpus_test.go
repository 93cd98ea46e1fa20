package runtimecfg

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	burnt "github.com/BurntSushi/toml"
	gotoml "github.com/pelletier/go-toml/v2"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// corpusDir finds the collected files of public repositories beside the checkout.
func corpusDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "corpus", "config")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no corpus beside the checkout")
	}
	return dir
}

func corpusFiles(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(corpusDir(t), folder, "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("corpus folder %s: %v, %d files", folder, err, len(paths))
	}
	files := map[string][]byte{}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(p)] = data
	}
	return files
}

// editor is one daemon's way to be judged and edited.
type editor struct {
	accepts func([]byte) error
	set     func([]byte, bool) (source.Edit, error)
	remove  func([]byte) (source.Edit, error)
}

func editors() map[string]editor {
	v2, _ := known.Parse("2.3.4")
	v1, _ := known.Parse("1.7.34")
	containerd := func(v known.Version) editor {
		return editor{
			accepts: func(b []byte) error { var m map[string]any; return gotoml.Unmarshal(b, &m) },
			set:     func(b []byte, on bool) (source.Edit, error) { return SetContainerdPodEvents(b, v, on) },
			remove:  func(b []byte) (source.Edit, error) { return RemoveContainerdPodEvents(b, v) },
		}
	}
	return map[string]editor{
		"crio": {
			accepts: func(b []byte) error { var m map[string]any; _, err := burnt.Decode(string(b), &m); return err },
			set:     SetPodEvents, remove: RemovePodEvents,
		},
		"containerd 2": containerd(v2),
		"containerd 1": containerd(v1),
	}
}

// TestCorpusIsEditedAndRestored: each file that its daemon accepts is changed by one line
// or one value and restored byte for byte; each that it refuses is refused with a place.
func TestCorpusIsEditedAndRestored(t *testing.T) {
	edited, refused := 0, 0
	for _, folder := range []string{"crio", "containerd", "invalid", "templates"} {
		for name, src := range corpusFiles(t, folder) {
			for daemon, e := range editors() {
				if e.accepts(src) != nil {
					refused++
					mustRefuse(t, folder+"/"+name+" as "+daemon, e, src)
					continue
				}
				edited++
				mustRestore(t, folder+"/"+name+" as "+daemon, e, src)
			}
		}
	}
	t.Logf("%d edits made and restored, %d refused with a position", edited, refused)
}

func mustRefuse(t *testing.T, name string, e editor, src []byte) {
	t.Helper()
	_, err := e.set(src, true)
	r, ok := err.(*source.EditError)
	if !ok {
		t.Errorf("%s: the daemon refuses it, the editor says %v", name, err)
		return
	}
	if r.Line < 1 || r.Column < 1 || r.Line > bytes.Count(src, []byte("\n"))+1 {
		t.Errorf("%s: refused at %d:%d, which is outside of the file", name, r.Line, r.Column)
	}
}

func mustRestore(t *testing.T, name string, e editor, src []byte) {
	t.Helper()
	set, err := e.set(src, true)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if err := e.accepts(set.After); err != nil {
		t.Errorf("%s: the daemon refuses the edited text: %v", name, err)
	}
	if !set.Changed() {
		off, err := e.set(src, false)
		if err != nil || !off.Changed() {
			t.Errorf("%s: switch off: %v", name, err)
			return
		}
		back, err := e.set(off.After, true)
		if err != nil || !bytes.Equal(back.After, src) {
			t.Errorf("%s: off and on again gives other bytes (%v)", name, err)
		}
		return
	}
	if added := strings.Count(string(set.After), "\n") - strings.Count(string(src), "\n"); added > 3 {
		t.Errorf("%s: %d lines more", name, added)
	}
	back, err := e.remove(set.After)
	if err != nil || !bytes.Equal(back.After, src) {
		t.Errorf("%s: not restored (%v)\n%s", name, err, set.After)
	}
}

// TestCorpusIsRead: the readers say something of each file, and never stop.
func TestCorpusIsRead(t *testing.T) {
	for _, folder := range []string{"crio", "containerd", "invalid", "templates", "kubelet", "units"} {
		for name, src := range corpusFiles(t, folder) {
			crio := EffectiveCRIO(CRIOInputs{DropIns: []source.File{{Path: "/etc/crio/crio.conf.d/" + name, Data: src}}})
			var m map[string]any
			_, err := burnt.Decode(string(src), &m)
			if err != nil && !crio.Refused() {
				t.Errorf("%s/%s: CRI-O refuses it, we do not: %v", folder, name, err)
			}
			if folder == "crio" && crio.Refused() {
				t.Errorf("%s/%s: %v", folder, name, crio.Problems)
			}
			EffectiveContainerd(ContainerdInputs{Root: &source.File{Path: "/etc/containerd/config.toml", Data: src}})
		}
	}
}
