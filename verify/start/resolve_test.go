package start

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/verify/source"
)

var update = flag.Bool("update", false, "write the golden files")

// show renders a command as the golden files hold it.
func show(c Command) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s starts %q in %s\n", c.Unit, c.Program, c.Directory)
	for i, w := range c.Args {
		fmt.Fprintf(&out, "%d %q\n\tat %s\n", i, w.Text, w.At)
		if w.At.Via != "" {
			fmt.Fprintf(&out, "\tthrough %s\n", w.At.Via)
		}
		if w.Unknown != "" {
			fmt.Fprintf(&out, "\tunknown: %s\n", w.Unknown)
		}
	}
	for _, v := range c.Env {
		fmt.Fprintf(&out, "%s=%q\n\tat %s\n", v.Name, v.Value, v.At.Location())
	}
	for _, p := range c.Problems {
		fmt.Fprintf(&out, "%s %s: %s\n\tat %s\n", p.Effect, p.Code, p.Message, p.At)
	}
	if c.Limit != nil {
		fmt.Fprintf(&out, "known up to here: %s\n\tat %s\n", c.Limit.Reason, c.Limit.At)
	}
	return out.String()
}

// TestResolve holds the answer for whole trees against golden files.
func TestResolve(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join("testdata", "unit", "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			in, err := os.ReadFile(filepath.Join(dir, "in"))
			if err != nil {
				t.Fatal(err)
			}
			got := show(Resolve(archive(t, in), Request{Programs: []string{"kubelet"}, Image: true}))
			golden := filepath.Join(dir, "want")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}

// TestAsRecordedFromSystemd holds the arguments against what a real systemd 252 passed to
// the program, for units and environment files made at random of quotes, escapes, variables
// and continued lines.
func TestAsRecordedFromSystemd(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "systemd-252.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Unit, Env string
		Args      []string
	}
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for i, c := range cases {
		u := loadUnit(files{tree{"/etc/systemd/system/x.service": c.Unit, "/env": c.Env}}, Request{Programs: []string{"x"}}, "x.service")
		commands := u.commands()
		if len(commands) == 0 {
			t.Fatalf("case %d: no command in %q", i, c.Unit)
		}
		got := []string{}
		for _, w := range u.expand(commands[0], u.environment())[1:] {
			got = append(got, w.String())
			if at := w.position(0); at.Line < 1 || at.Column < 1 {
				t.Errorf("case %d: %q has no position", i, w)
			}
		}
		if diff := cmp.Diff(c.Args, got); diff != "" {
			t.Errorf("case %d: systemd (-), we (+):\n%s\nunit %q\nenvironment file %q", i, diff, c.Unit, c.Env)
		}
	}
}

// TestMissingProgram: on a running node a program that is not in its directory is missing;
// in an image only where the directory is not a part of one.
func TestMissingProgram(t *testing.T) {
	few := tree{"/etc/systemd/system/kubelet.service": "[Service]\nExecStart=/usr/bin/kubelet\n", "/usr/bin/env": "x"}
	many := tree{"/etc/systemd/system/kubelet.service": few["/etc/systemd/system/kubelet.service"]}
	for i := range fullDirectory {
		many[fmt.Sprintf("/usr/bin/%d", i)] = "x"
	}
	there := tree{"/etc/systemd/system/kubelet.service": few["/etc/systemd/system/kubelet.service"], "/usr/bin/kubelet": "x"}
	for _, c := range []struct {
		files          tree
		image, missing bool
	}{{few, false, true}, {few, true, false}, {many, true, true}, {there, false, false}} {
		cmd := Resolve(c.files, Request{Programs: []string{"kubelet"}, Image: c.image})
		if _, missing := source.FirstFatal(cmd.Problems); missing != c.missing {
			t.Errorf("image %v with %d files: missing %v", c.image, len(c.files), missing)
		}
	}
}

// locked is a tree with files that may not be read.
type locked struct {
	tree
	names []string
}

func (l locked) Open(name string) (fs.File, error) {
	if slices.Contains(l.names, "/"+name) {
		return nil, fs.ErrPermission
	}
	return l.tree.Open(name)
}

func (l locked) ReadFile(name string) ([]byte, error) {
	if slices.Contains(l.names, "/"+name) {
		return nil, fs.ErrPermission
	}
	return l.tree.ReadFile(name)
}

// TestUnreadable: what may not be read is neither missing nor empty.
func TestUnreadable(t *testing.T) {
	files := tree{
		"/etc/systemd/system/kubelet.service": "[Service]\nEnvironmentFile=-/etc/k.d/*.env\nExecStart=/usr/bin/kubelet $ARGS\n",
		"/etc/k.d/1.env":                      "ARGS=--v=2", "/usr/bin/kubelet": "x", "/usr/bin/env": "x",
	}
	for _, name := range []string{"/etc/systemd/system/kubelet.service", "/etc/k.d/1.env"} {
		cmd := Resolve(locked{files, []string{name}}, Request{Programs: []string{"kubelet"}})
		if cmd.Known() || len(source.WithEffect(cmd.Problems, source.Unread)) == 0 {
			t.Errorf("%s: %s", name, show(cmd))
		}
	}
	if cmd := Resolve(locked{files, []string{"/usr/bin/kubelet"}}, Request{Programs: []string{"kubelet"}}); !cmd.Known() || len(cmd.Problems) > 0 {
		t.Error(show(cmd))
	}
}
