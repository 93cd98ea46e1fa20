package kubeletcfg

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/source"
)

// corpusDir is the directory of real configuration files beside the checkout; tests that
// want it skip where it's not there.
func corpusDir(t *testing.T, part string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "corpus", "config", part)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no corpus beside this checkout")
	}
	return dir
}

func corpusFiles(t *testing.T, part string) map[string][]byte {
	t.Helper()
	dir := corpusDir(t, part)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = data
	}
	return files
}

// corpusNotes is the note of each file in the corpus's index.
func corpusNotes(t *testing.T) map[string]string {
	t.Helper()
	index, err := os.ReadFile(filepath.Join(corpusDir(t, ""), "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	notes := map[string]string{}
	for line := range strings.Lines(string(index)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		notes[fields[0]] = fields[len(fields)-1]
	}
	return notes
}

func TestCorpusKubeletFiles(t *testing.T) {
	notes := corpusNotes(t)
	edited, refused := 0, 0
	for name, src := range corpusFiles(t, "kubelet") {
		t.Run(name, func(t *testing.T) {
			note := notes["kubelet/"+name]
			edit, err := setGate(src, source.ConfigFile, true)
			if err == nil {
				edited++
				checkRoundTrip(t, source.ConfigFile, src, edit)
				if strings.Contains(note, "NEGATIVE") {
					t.Errorf("edited, though %s", note)
				}
				return
			}
			checkRefusal(t, src, err)
			refused++
			if !strings.Contains(note, "NEGATIVE") {
				t.Logf("%v\n%s", err, note)
			}
		})
	}
	t.Logf("%d edited, %d refused", edited, refused)
}

func TestCorpusInvalidFilesAreRefused(t *testing.T) {
	for _, part := range []string{"invalid", "templates"} {
		for name, src := range corpusFiles(t, part) {
			if edit, err := setGate(src, source.ConfigFile, true); err != nil {
				checkRefusal(t, src, err)
			} else if d, _ := readDocument(src); part == "invalid" && d.strict == nil {
				// A doubled key is invalid YAML, but a kubelet takes such a file.
				t.Errorf("%s: edited at line %d", name, edit.Line)
			} else {
				checkRoundTrip(t, source.ConfigFile, src, edit)
			}
		}
	}
}

// checkRoundTrip holds an edit against what every edit promises.
func checkRoundTrip(t *testing.T, kind source.Kind, src []byte, edit source.Edit) {
	t.Helper()
	again, err := setGate(edit.After, kind, true)
	if err != nil || again.Changed() {
		t.Errorf("setting twice: changed %v, error %v", again.Changed(), err)
	}
	if !edit.Changed() {
		return
	}
	if edit.Line < 1 || edit.Column < 1 || edit.Why == "" {
		t.Errorf("edit without place or reason: %d:%d %q", edit.Line, edit.Column, edit.Why)
	}
	if d, bad := readDocument(src); bad == nil && kind == source.ConfigFile {
		if _, there := gatesIn(d.value)["EventedPLEG"]; there {
			return
		}
	}
	back, err := removeGate(edit.After, kind)
	if err != nil {
		t.Fatalf("remove: %v\n%s", err, edit.After)
	}
	if !bytes.Equal(back.After, src) {
		t.Errorf("set and removed:\n%q\nwas:\n%q\nbetween:\n%q", back.After, src, edit.After)
	}
}

func checkRefusal(t *testing.T, src []byte, err error) {
	t.Helper()
	var refused *source.EditError
	if !errors.As(err, &refused) {
		t.Fatalf("refused without a position: %v", err)
	}
	if refused.Line < 1 || refused.Column < 1 || refused.Reason == "" || refused.Hint == "" {
		t.Errorf("incomplete refusal: %+v", refused)
	}
	if _, ok := source.NewText(src).Offset(refused.Line, 1); !ok {
		t.Errorf("there is no line %d", refused.Line)
	}
}
