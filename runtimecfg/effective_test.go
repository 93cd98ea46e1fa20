package runtimecfg

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
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
		in := CRIOInputs{Version: caseVersion(t, dir), Args: arguments("crio.service", strings.Fields(caseFile(t, dir, "args"))...)}
		if text := caseFile(t, dir, "env"); text != "" {
			setting, where, _ := strings.Cut(text, " ")
			in.Env = []source.Assignment[string]{variable(setting, where)}
		}
		root := filepath.Join(dir, "in")
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || entry.Name() == ".keep" {
				return err
			}
			src := source.File{Path: strings.TrimPrefix(path, root)}
			if src.Data, err = os.ReadFile(path); strings.HasSuffix(path, ".unread") {
				src.Data, src.Err = nil, fs.ErrPermission
			}
			if src.Path == CRIOConfig {
				in.Config = &src
			} else {
				in.DropIns = append([]source.File{src}, in.DropIns...)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c := EffectiveCRIO(in)
		var b bytes.Buffer
		show(&b, "enable_pod_events", c.PodEvents)
		show(&b, "listen", c.Listen)
		showRest(&b, c.Order, c.Problems, c.Refused())
		golden(t, dir, b.Bytes())
	})
}

func TestEffectiveContainerd(t *testing.T) {
	eachCase(t, "containerd-effective", func(t *testing.T, dir string, _ []byte) {
		fsys := os.DirFS(filepath.Join(dir, "in"))
		in := ContainerdInputs{Version: caseVersion(t, dir), Lookup: LookupFS(fsys), Args: arguments("containerd.service", strings.Fields(caseFile(t, dir, "args"))...)}
		_, err := os.Stat(filepath.Join(dir, "knows"))
		in.KnowsPodEvents = err == nil
		if data, err := fs.ReadFile(fsys, ContainerdConfig[1:]); err == nil {
			in.Root = &source.File{Path: ContainerdConfig, Data: data}
		}
		c := EffectiveContainerd(in)
		var b bytes.Buffer
		fmt.Fprintf(&b, "config version: %d\n", c.ConfigVersion)
		show(&b, "cri", c.CRI)
		show(&b, "address", c.Address)
		show(&b, "pod events", c.PodEvents)
		showRest(&b, c.Order, c.Problems, c.Refused())
		golden(t, dir, b.Bytes())
	})
}

// arguments are the words of a command line whose owner is a unit.
func arguments(owner string, words ...string) []source.Assignment[string] {
	var args []source.Assignment[string]
	for i, word := range words {
		args = append(args, source.Assignment[string]{Value: word, At: source.Position{Kind: source.Flag, Owner: owner, Arg: i + 1}})
	}
	return args
}

// variable reads NAME=VALUE; where is a unit or path:line.
func variable(setting, where string) source.Assignment[string] {
	name, value, _ := strings.Cut(setting, "=")
	at := source.Position{Kind: source.Environment, Name: name, Owner: where}
	if file, line, ok := strings.Cut(where, ":"); ok {
		at.Owner, at.Path = "", file
		at.Line, _ = strconv.Atoi(line)
	}
	return source.Assignment[string]{Key: name, Value: value, At: at}
}

func show[T any](b *bytes.Buffer, name string, s source.Setting[T]) {
	value := fmt.Sprint(s.Value)
	if !s.Known {
		value = "not known, else " + value
	}
	fmt.Fprintf(b, "%s: %s (%s)\n", name, value, s.At)
	for _, o := range s.Overridden {
		fmt.Fprintf(b, "  overridden: %v (%s)\n", o.Value, o.At)
	}
}

func showRest(b *bytes.Buffer, order []string, problems []source.Problem, refused bool) {
	fmt.Fprintf(b, "read: %s\n", strings.Join(order, " "))
	for _, p := range problems {
		mark := string(p.Effect)
		fmt.Fprintf(b, "%s %s %s: %s\n", mark, p.Code, p.At, p.Message)
		if p.Hint != "" {
			fmt.Fprintf(b, "  hint: %s\n", p.Hint)
		}
	}
	if refused {
		b.WriteString("the daemon does not start\n")
	}
}
