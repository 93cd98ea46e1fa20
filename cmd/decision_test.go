package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/plegctl/plegctl/cmd/internal/demo"
)

// image is the files of an image by their names; a text that begins with "-> " is a symbolic link.
type image map[string]string

func (t image) write(root string) error {
	if err := os.MkdirAll(filepath.Join(root, "var/lib"), 0o755); err != nil { // of the state directory
		return err
	}
	for name, text := range t {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		target, link := strings.CutPrefix(text, "-> ")
		err := error(nil)
		if link {
			err = os.Symlink(target, name)
		} else {
			err = os.WriteFile(name, []byte(text), 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// decisions counts the exit codes, so that a test sees whether its trees tell anything.
type decisions map[int]int

// try asks preflight, plan and enable of one tree: they are one decision, so they end with the
// same code, and none but an enable that exits 0 changes the tree; the state directory with the
// lock is not the tree's.
func (d decisions) try(t *testing.T, name string, files image, more ...string) {
	t.Helper()
	root := t.TempDir()
	if err := files.write(root); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) answer { return ask(t, append(append(args, "--root", root), more...)...) }
	read := func() demo.Files {
		found, err := demo.ReadFiles(root, "/var/lib/plegctl")
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	before := read()
	preflight, plan, dry := run("preflight"), run("plan"), run("enable", "--dry-run")
	if preflight.Code != plan.Code || plan.Code != dry.Code {
		t.Errorf("%s %v: preflight %d, plan %d, enable --dry-run %d\n%v", name, more, preflight.Code, plan.Code, dry.Code, files)
	}
	if p, c := preflight.reasons(), plan.reasons(); !slices.Equal(p, c) {
		t.Errorf("%s %v: preflight names %v, plan %v\n%v", name, more, p, c, files)
	}
	if changed := demo.Changed(before, read()); len(changed) > 0 {
		t.Errorf("%s %v: looking changed %v\n%v", name, more, changed, files)
	}
	enable := run("enable")
	if enable.Code != plan.Code || enable.Code != ExitOK && !reflect.DeepEqual(enable.Problems, plan.Problems) {
		t.Errorf("%s %v: plan %d, enable %d: %v, %v\n%v", name, more, plan.Code, enable.Code, plan.Problems, enable.Problems, files)
	}
	if changed := demo.Changed(before, read()); enable.Code != ExitOK && len(changed) > 0 {
		t.Errorf("%s %v: exit %d changed %v\n%v", name, more, enable.Code, changed, files)
	}
	if again := run("plan"); enable.Code == ExitOK && (again.Code != ExitOK || len(again.Steps) > 0) {
		t.Errorf("%s %v: after enable, plan exits %d with %v\n%v", name, more, again.Code, again.Steps, files)
	}
	d[enable.Code]++
	status := ask(t, "status", "--root", root)
	followed := map[string]bool{}
	for _, hint := range slices.Concat(preflight.advice, plan.advice, status.advice) {
		for _, words := range named(hint) {
			if line := strings.Join(words, " "); !followed[line] && strings.ToLower(line) == line {
				followed[line] = true
				if code := ask(t, append(words, "--root", root)...).Code; code == ExitError {
					t.Errorf("%s %v: %s: exit %d\n%v", name, more, hint, code, files)
				}
			}
		}
	}
}

// answer is what the three have in common.
type answer struct {
	Code     int `json:"exitCode"`
	Steps    []any
	Checks   []struct{ Code, Level, Status string }
	Problems []struct{ Code, Severity, Message string }
	advice   []string
}

func ask(t *testing.T, args ...string) answer {
	t.Helper()
	var out, errs bytes.Buffer
	code := Main(t.Context(), append(args, "-o", "json"), testDeps(nil, &out, &errs, func(string) string { return "" }))
	for _, wrong := range checkHints(args, out.String(), errs.String()) {
		t.Errorf("%v: %s", args, wrong)
	}
	a := answer{advice: advice(out.String(), errs.String())}
	if err := json.Unmarshal(out.Bytes(), &a); err != nil || a.Code != code {
		t.Errorf("%v: exit %d, %v\n%s%s", args, code, err, &out, &errs)
	}
	return a
}

// reasons are the codes of what stands in the way: required checks of preflight, problems of plan.
// An unknown whose reason another one has already is named by preflight alone.
func (a answer) reasons() []string {
	codes := map[string]bool{}
	for _, c := range a.Checks {
		if c.Level == "required" && c.Status == "fail" {
			codes[c.Code] = true
		}
	}
	for _, p := range a.Problems {
		if a.Checks == nil && p.Severity == "error" && a.Code != ExitOK {
			if strings.HasPrefix(p.Code, "PLEG-KNOWN-") { // the issue that the check found
				p.Code = "PLEG-NODE-COMBINATION"
			}
			codes[p.Code] = true
		}
	}
	return slices.Sorted(maps.Keys(codes))
}

func (d decisions) tell(t *testing.T, least int) {
	t.Helper()
	for _, code := range []int{ExitOK, ExitFailed, ExitInconclusive} {
		if d[code] < least {
			t.Errorf("the trees do not tell much: exit codes %v", d)
		}
	}
}

// ways are options that let one tree be decided differently.
func ways() [][]string {
	return [][]string{
		nil,
		{"--kubelet-version", "1.36.3", "--runtime-version", "2.1.4"},
		{"--runtime", "cri-o"},
		{"--accept-risk", "unknown-versions"},
	}
}

func TestOneDecision(t *testing.T) {
	scripts, err := filepath.Glob("testdata/nodes/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no nodes: %v", err)
	}
	d := decisions{}
	for i, script := range scripts {
		archive, err := txtar.ParseFile(script)
		if err != nil {
			t.Fatal(err)
		}
		files := image{}
		for _, f := range archive.Files {
			files[strings.TrimPrefix(f.Name, "node/")] = string(f.Data)
		}
		d.try(t, script, files)
		d.try(t, script, files, ways()[1+i%3]...)
	}
	d.tell(t, 20)
}

func TestOneDecisionOfGeneratedTrees(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 86))
	d := decisions{}
	for i := range 200 {
		d.try(t, fmt.Sprintf("tree %d", i), generatedTree(random), ways()[random.IntN(4)]...)
	}
	d.tell(t, 10)
}

// The collected files of public repositories, each in the place of a node that is in order else.
func TestCorpusOneDecision(t *testing.T) {
	corpus := filepath.Join("..", "..", "shared", "corpus", "config")
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("no corpus beside the checkout")
	}
	d := decisions{}
	for directory, place := range map[string]string{
		"kubelet":    "var/lib/kubelet/config.yaml",
		"containerd": "etc/containerd/config.toml",
		"crio":       "etc/crio/crio.conf",
		"invalid":    "var/lib/kubelet/config.yaml",
		"units":      "etc/systemd/system/kubelet.service",
	} {
		paths, err := filepath.Glob(filepath.Join(corpus, directory, "*"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v", directory, err)
		}
		for i := 0; i < len(paths); i += 3 { // a third is enough, and fast
			path := paths[i]
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := plainTree("containerd")
			if directory == "crio" {
				files = plainTree("cri-o")
			}
			if strings.HasSuffix(path, ".conf") && directory == "units" {
				place = "etc/systemd/system/kubelet.service.d/20-x.conf"
			}
			files[place] = string(data)
			d.try(t, filepath.Base(path), files)
		}
	}
	d.tell(t, 1)
}
