package runtimecfg

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// TestWrongTypesAgainstRealPrograms gives each key of the tables a value of each type, and
// asks the real program whether it starts with it. It needs PLEGCTL_TEST_CRIO or
// PLEGCTL_TEST_CONTAINERD, the path of a program of a version that is in the tables.
func TestWrongTypesAgainstRealPrograms(t *testing.T) {
	for _, d := range []struct {
		runtime   known.RuntimeName
		env, text string
		args      func(config string) []string
		heads     []string
	}{
		{known.CRIO, "PLEGCTL_TEST_CRIO", crioKeys, func(c string) []string { return []string{"--config", c, "--config-dir=/nonexistent", "config"} }, []string{""}},
		{known.Containerd, "PLEGCTL_TEST_CONTAINERD", containerdKeys, func(c string) []string { return []string{"--config", c, "config", "dump"} }, []string{"version = 3\n", "version = 2\n"}},
	} {
		t.Run(string(d.runtime), func(t *testing.T) {
			program := os.Getenv(d.env)
			if program == "" {
				t.Skip(d.env + " is not set")
			}
			version := realVersion(t, program)
			config := filepath.Join(t.TempDir(), "config")
			refuses := func(text string) (string, bool) {
				if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				out, err := exec.Command(program, d.args(config)...).CombinedOutput()
				return string(out), err != nil
			}
			if out, bad := refuses(d.heads[0]); bad {
				t.Fatalf("%s refuses an empty file: %s", program, out)
			}
			table := parseKeys(d.text)
			column, _ := table.column(version)
			asked := 0
			for i, head := range d.heads {
				eachKey(table.root, nil, func(n *keyNode, path []string) {
					if n.letter(column-i*column) == '.' || len(n.kids) > 0 {
						return
					}
					for _, value := range []string{`"x"`, "1", "5000000000", "1.5", "true", `["x"]`, "[1]", "{x = 1}", `{x = "y"}`} {
						text := head + document(path, value)
						out, refused := refuses(text)
						r := Effective(d.runtime, Inputs{Version: version, Files: configFile(d.runtime, []byte(text))})
						asked++
						if _, fatal := source.FirstFatal(r.Problems); fatal != refused && !beyondTypes(out+text) {
							t.Errorf("%s: refused %t, we say %+v\n%s", text, refused, r.Problems, tail(out))
						}
					}
				})
			}
			t.Logf("%s %s was asked %d times", d.runtime, version, asked)
		})
	}
}

// beyondTypes reports errors that no type tells: the value itself is refused.
func beyondTypes(out string) bool {
	return slices.ContainsFunc([]string{"invalid plugin", "invalid disabled", "expect io.containerd", "no such file", "panic: ", "imports = "}, func(s string) bool { return strings.Contains(out, s) })
}

func realVersion(t *testing.T, program string) known.Version {
	t.Helper()
	out, err := exec.Command(program, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	for _, word := range strings.Fields(line) {
		if v, err := known.Parse(word); err == nil {
			return v
		}
	}
	t.Fatalf("no version in %q", line)
	return known.Version{}
}

// eachKey visits the keys; * and [] are written as a name and the first element.
func eachKey(n *keyNode, path []string, visit func(*keyNode, []string)) {
	for _, kid := range n.kids {
		below := append(path[:len(path):len(path)], kid.name)
		visit(kid, below)
		eachKey(kid, below, visit)
	}
}

// document sets a key below the headers that its path needs.
func document(path []string, value string) string {
	var headers strings.Builder
	var at []string
	for _, name := range path[:len(path)-1] {
		switch name {
		case "*":
			at = append(at, "any")
		case "[]":
			fmt.Fprintf(&headers, "[[%s]]\n", quoted(at))
		default:
			at = append(at, name)
		}
	}
	if headers.Len() == 0 && len(at) > 0 {
		fmt.Fprintf(&headers, "[%s]\n", quoted(at))
	}
	return headers.String() + path[len(path)-1] + " = " + value + "\n"
}

func quoted(path []string) string {
	parts := make([]string, len(path))
	for i, p := range path {
		parts[i] = `"` + p + `"`
	}
	return strings.Join(parts, ".")
}

func tail(out string) string { return out[max(len(out)-300, 0):] }

// TestReadDumpOfARealProgram: no upstream release has the key.
func TestReadDumpOfARealProgram(t *testing.T) {
	program := os.Getenv("PLEGCTL_TEST_CONTAINERD")
	if program == "" {
		t.Skip("PLEGCTL_TEST_CONTAINERD is not set")
	}
	config := filepath.Join(t.TempDir(), "config.toml")
	for _, head := range []string{"", "version = 2\n", "version = 3\n", "version = 2\ndisabled_plugins = ['io.containerd.cri.v1.runtime']\n"} {
		for _, table := range []string{criShort, criGRPC, criRuntime} {
			text := head + "[plugins.'" + table + "']\nenable_pod_events = true\n"
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			dump, err := exec.Command(program, "--config", config, "config", "dump").Output()
			if err != nil {
				t.Fatal(err)
			}
			var in Inputs
			if err := in.ReadDump(known.Containerd, dump); err != nil || in.KnowsPodEvents {
				t.Errorf("%s: %+v, %v\n%s", program, in, err, text)
			}
		}
	}
}
