package start

import (
	"encoding/json"
	"fmt"
	"github.com/plegctl/plegctl/verify/source"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// unitArchive splits a test archive: files named *.service and *.conf are the unit, all
// others are environment files.
func unitArchive(data []byte) (Unit, map[string][]TextFile) {
	var units []TextFile
	env := map[string][]TextFile{}
	for _, f := range txtar.Parse(data).Files {
		text := TextFile{f.Name, f.Data}
		if strings.HasSuffix(f.Name, ".service") || strings.HasSuffix(f.Name, ".conf") {
			units = append(units, text)
		} else {
			env[f.Name] = append(env[f.Name], text)
		}
	}
	return ParseUnit(units...), env
}

func TestUnitCommandLine(t *testing.T) {
	eachCase(t, "unit", func(t *testing.T, in []byte) []byte {
		unit, env := unitArchive(in)
		line, problems := unit.CommandLine(env)
		var out strings.Builder
		fmt.Fprintf(&out, "program %q shell %v\n", line.Program, line.Shell)
		for _, f := range line.Flags {
			value := "(no value)"
			if f.HasValue {
				value = fmt.Sprintf("%q", f.Value)
			}
			fmt.Fprintf(&out, "--%s %s\n\tat %s\n", f.Name, value, f.At.Location())
			if f.At.Via != "" {
				fmt.Fprintf(&out, "\tthrough %s\n", f.At.Via)
			}
		}
		for _, arg := range line.Rest {
			fmt.Fprintf(&out, "rest %q\n\tat %s\n", arg.Text, arg.Place)
		}
		for _, f := range unit.EnvironmentFiles() {
			fmt.Fprintf(&out, "file %q optional %v\n\tat %s\n", f.Path, f.Optional, f.Place)
		}
		for _, p := range problems {
			fmt.Fprintf(&out, "problem %s fatal %v: %s\n\tat %s\n", p.Code, p.Fatal, p.Text, p.Pos)
		}
		return []byte(out.String())
	})
}

func TestUnitValue(t *testing.T) {
	u := ParseUnit(TextFile{"a.service", []byte("[Service]\nType=simple\nWorkingDirectory=/x\n")}, TextFile{"b.conf", []byte("[Service]\nType=notify\n")})
	if v, place := u.Value("Service", "Type"); v != "notify" || place.String() != "b.conf:2:6" {
		t.Errorf("%q at %s", v, place)
	}
	if v, place := u.Value("Service", "Restart"); v != "" || !(place == Place{}) {
		t.Errorf("%q at %s", v, place)
	}
}

func TestProcessCommandLine(t *testing.T) {
	c := ParseCommandLine("process 7", []string{"/usr/bin/kubelet", "--config=/a", "--config", "/b", "--feature_gates=A=true", "--feature-gates", "B=false"})
	if f, ok := c.Last("config"); !ok || f.Value != "/b" || f.At.Arg != 2 {
		t.Errorf("%+v", f)
	}
	if all := c.All("feature-gates"); len(all) != 2 || all[0].Value != "A=true" || all[1].Value != "B=false" {
		t.Errorf("%+v", all)
	}
	if c := ParseCommandLine("", nil); c.Program != "" || len(c.Flags) != 0 {
		t.Errorf("%+v", c)
	}
	if _, ok := c.Last("port"); ok {
		t.Error("a port out of nowhere")
	}
}

func TestCorpusUnits(t *testing.T) {
	flags := map[string]int{}
	for name, data := range corpusFiles(t, "units") {
		text := TextFile{name, data}
		unit := ParseUnit(text)
		line, _ := unit.CommandLine(map[string][]TextFile{})
		for _, f := range line.Flags {
			flags[f.Name]++
			checkPlace(t, text, f.At, f.Name)
		}
		for _, v := range ParseEnvironmentFile(text) {
			if v.Place.Path != name || v.Place.Line < 1 || v.Place.Column < 1 {
				t.Errorf("%s: %s at %s", name, v.Name, v.Place)
			}
		}
	}
	for _, want := range []string{"config", "container-runtime-endpoint", "kubeconfig", "feature-gates"} {
		if flags[want] == 0 {
			t.Errorf("no --%s in any unit of the corpus", want)
		}
	}
	t.Logf("%d different flags found", len(flags))
}

// checkPlace holds a flag's place against the text that stands there.
func checkPlace(t *testing.T, f TextFile, p source.Position, name string) {
	t.Helper()
	text := newText(f.Data)
	off, ok := text.offset(p.Line, p.Column)
	if !ok {
		t.Errorf("%s is no place in %s", p, f.Path)
		return
	}
	there := strings.TrimLeft(string(f.Data[off:]), "'\"-")
	if !strings.HasPrefix(strings.ReplaceAll(there, "_", "-"), name) {
		t.Errorf("%s: want --%s, found %.30q", p, name, there)
	}
}

// TestAsRecordedFromSystemd holds the resolving of a unit's command line against what a
// real systemd 252 passed to the program, for units and environment files made at random
// of quotes, escapes, variables and continued lines.
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
		unit := ParseUnit(TextFile{"kubelet.service", []byte(c.Unit)})
		vars := map[string]text{}
		for _, v := range unit.EnvironmentOf(map[string][]TextFile{"/env": {{"/env", []byte(c.Env)}}}) {
			vars[v.Name] = v.value
		}
		commands := splitCommands(unit.all("ExecStart")[0])
		if len(commands) == 0 {
			t.Fatalf("case %d: no command in %q", i, c.Unit)
		}
		got := []string{}
		for _, arg := range expand(commands[0], vars)[1:] {
			got = append(got, arg.Text)
			if arg.Place.Line < 1 || arg.Place.Column < 1 {
				t.Errorf("case %d: %q has no place", i, arg.Text)
			}
		}
		if diff := cmp.Diff(c.Args, got); diff != "" {
			t.Errorf("case %d: systemd (-), we (+):\n%s\nunit %q\nenvironment file %q", i, diff, c.Unit, c.Env)
		}
	}
}
