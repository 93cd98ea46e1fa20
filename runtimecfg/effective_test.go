package runtimecfg

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// caseFile reads one line that goes with a case: its version, args or env.
func caseFile(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

func caseVersion(t *testing.T, dir string) known.Version {
	t.Helper()
	text := caseFile(t, dir, "version")
	if text == "" {
		return known.Version{}
	}
	v, err := known.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEffectiveCRIO(t *testing.T) {
	eachCase(t, "crio-effective", func(t *testing.T, dir string, _ []byte) {
		in := caseInputs(t, dir, known.CRIO)
		r := Effective(known.CRIO, in)
		var b bytes.Buffer
		show(&b, "enable_pod_events", r.PodEvents)
		showRest(&b, r)
		golden(t, dir, b.Bytes())
	})
}

func TestEffectiveContainerd(t *testing.T) {
	eachCase(t, "containerd-effective", func(t *testing.T, dir string, _ []byte) {
		in := caseInputs(t, dir, known.Containerd)
		_, err := os.Stat(filepath.Join(dir, "knows"))
		in.KnowsPodEvents = err == nil
		r := Effective(known.Containerd, in)
		var b bytes.Buffer
		fmt.Fprintf(&b, "config version: %d\n", r.configVersion)
		show(&b, "cri", r.CRI)
		show(&b, "pod events", r.PodEvents)
		showRest(&b, r)
		golden(t, dir, b.Bytes())
	})
}

// caseInputs reads the tree "in" of a case, and the files args, env and version beside it.
// A file that ends in .unread cannot be read.
func caseInputs(t *testing.T, dir string, runtime known.RuntimeName) Inputs {
	t.Helper()
	in := Inputs{Version: caseVersion(t, dir), Command: command(infoOf(runtime).Units("")[0], strings.Fields(caseFile(t, dir, "args"))...)}
	if text := caseFile(t, dir, "env"); text != "" {
		setting, where, _ := strings.Cut(text, " ")
		in.Command.Env = []start.Variable{environment(setting, where)}
	}
	in = ReadFS(os.DirFS(filepath.Join(dir, "in")), runtime, in)
	in.Files = slices.DeleteFunc(in.Files, func(f source.File) bool { return path.Base(f.Path) == ".keep" })
	for i := range in.Files {
		if strings.HasSuffix(in.Files[i].Path, ".unread") {
			in.Files[i] = source.File{Path: in.Files[i].Path, Err: fs.ErrPermission}
		}
	}
	return in
}

// command is a command line whose owner is a unit.
func command(owner string, words ...string) start.Command {
	c := start.Command{Args: []start.Word{{Text: "daemon"}}}
	for i, word := range words {
		c.Args = append(c.Args, start.Word{Text: word, At: source.Position{Kind: source.Flag, Owner: owner, Arg: i + 1}})
	}
	return c
}

// environment reads NAME=VALUE; where is a unit or path:line.
func environment(setting, where string) start.Variable {
	name, value, _ := strings.Cut(setting, "=")
	at := source.Position{Owner: where}
	if file, line, ok := strings.Cut(where, ":"); ok {
		at.Owner, at.Path = "", file
		at.Line, _ = strconv.Atoi(line)
	}
	return start.Variable{Name: name, Value: value, At: at}
}

func show(b *bytes.Buffer, name string, s source.Setting[bool]) {
	value := fmt.Sprint(s.Value)
	if !s.Known {
		value = "not known, else " + value
	}
	fmt.Fprintf(b, "%s: %s (%s)\n", name, value, s.At)
	for _, o := range s.Overridden {
		fmt.Fprintf(b, "  overridden: %v (%s)\n", o.Value, o.At)
	}
}

func showRest(b *bytes.Buffer, r Result) {
	b.WriteString("read:")
	for _, f := range r.Files {
		b.WriteString(" " + f.Path)
	}
	b.WriteString("\n")
	for _, p := range r.Problems {
		mark := string(p.Effect)
		fmt.Fprintf(b, "%s %s %s: %s\n", mark, p.Code, p.At, p.Message)
		if p.Hint != "" {
			fmt.Fprintf(b, "  hint: %s\n", p.Hint)
		}
	}
	if r.refused() {
		b.WriteString("the daemon does not start\n")
	}
}
