// Command configkeys writes the tables of configuration keys and their types that
// runtimecfg embeds. It reads the configuration structs of CRI-O or containerd from the
// source of the versions that the Go module proxy serves.
//
//	go run ./configkeys crio 1.34.0 1.36.3
//	go run ./configkeys containerd 1.6.36 1.7.35 2.0.14 2.1.9 2.2.9 2.3.7 2.4.2
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	if err := write(out, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "configkeys:", err)
		os.Exit(1)
	}
	if err := out.Flush(); err != nil {
		os.Exit(1)
	}
}

func write(out io.Writer, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: configkeys crio|containerd VERSION…")
	}
	daemon, versions := args[0], args[1:]
	table := map[string][]byte{}
	for i, version := range versions {
		keys, err := keysOf(daemon, version)
		if err != nil {
			return fmt.Errorf("%s %s: %w", daemon, version, err)
		}
		for path, letter := range keys {
			if table[path] == nil {
				table[path] = []byte(strings.Repeat(".", len(versions)))
			}
			table[path][i] = letter
		}
	}
	paths := make([]string, 0, len(table))
	for path := range table {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	fmt.Fprintf(out, "# Configuration keys of %s and their types. Written by .ci/tools/configkeys; do not edit.\n%s", daemon, legend)
	fmt.Fprintln(out, "versions", strings.Join(versions, " "))
	for _, path := range paths {
		fmt.Fprintf(out, "%s %s\n", table[path], path)
	}
	return nil
}

const legend = `# One letter a version: s string, b boolean, i and j integer of 64 and 32 bits, u and v the
# same without sign, f float, d time.Duration, t duration as text only, l list of strings,
# n list of integers, m table of strings, o table of lists of strings, x any table, a anything.
# A dot: no such key. In a path, * is any name and [] one of a list of tables.
`

// root is a configuration struct and the path of the table that it decodes.
type root struct{ path, dir, name string }

func keysOf(daemon, version string) (map[string]byte, error) {
	path, roots := "github.com/cri-o/cri-o", []root{{"", "pkg/config", "tomlConfig"}}
	if daemon == "containerd" {
		path, roots = containerdRoots(version)
	}
	module, err := download(path, version)
	if err != nil {
		return nil, err
	}
	s := &source{module: path, dir: module, packages: map[string]*pkg{}, keys: map[string]byte{}}
	for _, r := range roots {
		if err := s.root(r); err != nil {
			return nil, err
		}
	}
	return s.keys, nil
}

func containerdRoots(version string) (module string, roots []root) {
	if strings.HasPrefix(version, "1.") {
		return "github.com/containerd/containerd", []root{
			{"", "services/server/config", "Config"},
			{"plugins io.containerd.grpc.v1.cri", "pkg/cri/config", "PluginConfig"},
			{"plugins cri", "pkg/cri/config", "PluginConfig"},
		}
	}
	roots = []root{
		{"", "cmd/containerd/server/config", "Config"},
		{"plugins io.containerd.grpc.v1.cri", "internal/cri/config", "ServerConfig"},
		{"plugins io.containerd.cri.v1.runtime", "internal/cri/config", "RuntimeConfig"},
		{"plugins io.containerd.cri.v1.images", "internal/cri/config", "ImageConfig"},
		{"plugins io.containerd.gc.v1.scheduler", "plugins/gc", "config"},
		{"plugins io.containerd.snapshotter.v1.overlayfs", "plugins/snapshots/overlay/plugin", "Config"},
	}
	return "github.com/containerd/containerd/v2", roots
}

// download returns the directory of a module's source.
func download(path, version string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", path+"@v"+version)
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	cmd.Dir = os.TempDir()
	data, err := cmd.Output()
	var answer struct{ Dir, Error string }
	if json.Unmarshal(data, &answer) == nil && answer.Dir != "" {
		return answer.Dir, nil
	}
	return "", fmt.Errorf("go mod download: %w %s", err, answer.Error)
}
