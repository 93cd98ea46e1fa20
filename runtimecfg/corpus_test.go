package runtimecfg

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	burnt "github.com/BurntSushi/toml"
	gotoml1 "github.com/pelletier/go-toml"
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

func corpusFiles(t *testing.T, directory string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(corpusDir(t), directory, "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("corpus directory %s: %v, %d files", directory, err, len(paths))
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

// daemon is one daemon's way to be judged and edited.
type daemon struct {
	accepts func([]byte) error
	Editor
}

func daemons() map[string]daemon {
	v2, _ := known.Parse("2.3.4")
	v1, _ := known.Parse("1.7.34")
	return map[string]daemon{
		"crio": {
			accepts: func(b []byte) error { var m map[string]any; _, err := burnt.Decode(string(b), &m); return err },
			Editor:  crioEditor(),
		},
		"containerd 2": {
			accepts: func(b []byte) error { var m map[string]any; return gotoml.Unmarshal(b, &m) },
			Editor:  Editor{Runtime: known.Containerd, Version: v2, Owner: "plegctl"},
		},
		"containerd 1": {
			accepts: func(b []byte) error { _, err := gotoml1.LoadBytes(b); return err },
			Editor:  Editor{Runtime: known.Containerd, Version: v1, Owner: "plegctl"},
		},
	}
}

// TestCorpusIsEditedAndRestored: each file that its daemon accepts is changed by one line
// or one value and restored byte for byte; each that it refuses is refused with a place.
func TestCorpusIsEditedAndRestored(t *testing.T) {
	edited, refused := 0, 0
	for _, directory := range []string{"crio", "containerd", "invalid", "templates"} {
		for name, src := range corpusFiles(t, directory) {
			for as, e := range daemons() {
				if e.accepts(src) != nil {
					refused++
					mustRefuse(t, directory+"/"+name+" as "+as, e, src)
					continue
				}
				edited++
				mustRestore(t, directory+"/"+name+" as "+as, e, src)
			}
		}
	}
	t.Logf("%d edits made and restored, %d refused with a position", edited, refused)
}

func mustRefuse(t *testing.T, name string, e daemon, src []byte) {
	t.Helper()
	_, err := e.Set(src, true)
	r, ok := err.(*source.EditError)
	if !ok {
		t.Errorf("%s: the daemon refuses it, the editor says %v", name, err)
		return
	}
	if r.Line < 1 || r.Column < 1 || r.Line > bytes.Count(src, []byte("\n"))+1 {
		t.Errorf("%s: refused at %d:%d, which is outside of the file", name, r.Line, r.Column)
	}
}

func mustRestore(t *testing.T, name string, e daemon, src []byte) {
	t.Helper()
	set, err := e.Set(src, true)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if err := e.accepts(set.After); err != nil {
		t.Errorf("%s: the daemon refuses the edited text: %v", name, err)
	}
	if !set.Changed() {
		off, err := e.Set(src, false)
		if err != nil || !off.Changed() {
			t.Errorf("%s: switch off: %v", name, err)
			return
		}
		back, err := e.Set(off.After, true)
		if err != nil || !bytes.Equal(back.After, src) {
			t.Errorf("%s: off and on again gives other bytes (%v)", name, err)
		}
		return
	}
	if added := strings.Count(string(set.After), "\n") - strings.Count(string(src), "\n"); added > 3 {
		t.Errorf("%s: %d lines more", name, added)
	}
	back, err := e.Remove(set.After)
	if err != nil || !bytes.Equal(back.After, src) {
		t.Errorf("%s: not restored (%v)\n%s", name, err, set.After)
	}
}

// TestCorpusIsRead: the readers say something of each file, and never stop.
func TestCorpusIsRead(t *testing.T) {
	for _, directory := range []string{"crio", "containerd", "invalid", "templates", "kubelet", "units"} {
		for name, src := range corpusFiles(t, directory) {
			crio := Effective(known.CRIO, Inputs{Version: known.V(1, 36, 3), Files: []source.File{{Path: "/etc/crio/crio.conf.d/" + name, Data: src}}})
			var m map[string]any
			_, err := burnt.Decode(string(src), &m)
			if err != nil && !crio.refused() {
				t.Errorf("%s/%s: CRI-O refuses it, we do not: %v", directory, name, err)
			}
			p, fatal := source.FirstFatal(crio.Problems)
			if directory == "crio" && fatal && p.Code != codeCRIOType {
				t.Errorf("%s/%s: %v", directory, name, p)
			}
			for _, v := range []known.Version{known.V(1, 7, 35), known.V(2, 0, 14), known.V(2, 4, 2)} {
				c := Effective(known.Containerd, Inputs{Version: v, Files: configFile(known.Containerd, src)})
				if p, fatal := source.FirstFatal(c.Problems); directory == "containerd" && fatal {
					t.Logf("%s on containerd %s: %s %s: %s", name, v, p.Code, p.At, p.Message)
				}
			}
		}
	}
}
