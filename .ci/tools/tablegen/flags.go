package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const flagsHeader = `# Flags of the kubelet on Linux. Written by .ci/tools/tablegen; do not edit.
# Source: the Go modules k8s.io/kubernetes (cmd/kubelet/app/options, pkg/kubelet/config),
# k8s.io/component-base (logs/api/v1, version/verflag) and github.com/google/cadvisor of
# each version. One version stands for its minor: its first patch has the same flags.
# One letter for each version: x the flag exists, a dot: it does not. Then its name and
# the type of its value.
`

func writeFlags(versions []string, w io.Writer) error {
	t := newTable(versions)
	for i, version := range versions {
		flags, err := readFlags(version)
		if err != nil {
			return fmt.Errorf("flags of %s: %w", version, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %d flags\n", version, len(flags))
		for name, kind := range flags {
			t.set(name+" "+kind, i, 'x')
		}
	}
	return t.write(w, flagsHeader)
}

// readFlags returns the flags of a kubelet with the types of their values.
func readFlags(version string) (map[string]string, error) {
	kubernetes, err := moduleDir("k8s.io/kubernetes", version)
	if err != nil {
		return nil, err
	}
	base, err := moduleDir("k8s.io/component-base", "0."+strings.TrimPrefix(version, "1."))
	if err != nil {
		return nil, err
	}
	flags := map[string]string{"help": "bool", "version": "version"} // cobra's, and verflag's
	var pinned []string
	for _, dir := range []string{kubernetes + "/cmd/kubelet/app/options", kubernetes + "/pkg/kubelet/config", base + "/logs/api/v1"} {
		files, err := parseLinux(dir)
		if err != nil {
			return nil, err
		}
		r := flagReader{flags: flags, constants: constantsOf(files)}
		for _, file := range files {
			r.read(file)
		}
		if r.err != nil {
			return nil, fmt.Errorf("%s: %w", dir, r.err)
		}
		pinned = append(pinned, r.pinned...)
	}
	global, err := globalFlags(kubernetes)
	if err != nil {
		return nil, err
	}
	for _, name := range pinned {
		kind, ok := global[name]
		if !ok {
			return nil, fmt.Errorf("global flag %q has no definition", name)
		}
		flags[strings.ReplaceAll(name, "_", "-")] = kind
	}
	return flags, nil
}

// globalFlags returns the flags that cadvisor and the credential providers define globally.
func globalFlags(kubernetes string) (map[string]string, error) {
	mod, err := os.ReadFile(filepath.Join(kubernetes, "go.mod"))
	if err != nil {
		return nil, err
	}
	dirs := []string{filepath.Join(kubernetes, "pkg", "credentialprovider")}
	for _, m := range regexp.MustCompile(`(?m)^\t(github.com/google/cadvisor\S*) v(\S+)`).FindAllSubmatch(mod, -1) {
		dir, err := moduleDir(string(m[1]), string(m[2]))
		if err != nil {
			return nil, err
		}
		dirs = append(dirs, dir)
	}
	flags := map[string]string{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			files, err := parseLinux(path)
			if err != nil {
				return err
			}
			r := flagReader{flags: flags, constants: constantsOf(files), global: true}
			for _, file := range files {
				r.read(file)
			}
			return r.err
		})
		if err != nil {
			return nil, err
		}
	}
	flags["housekeeping_interval"] = "duration" // its name is a constant of another package from 1.37 on
	return flags, nil
}

// parseLinux parses the files of a package that are built on Linux.
func parseLinux(dir string) ([]*ast.File, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	linux := build.Default
	linux.GOOS, linux.CgoEnabled = "linux", true
	var files []*ast.File
	for _, name := range names {
		ok, err := linux.MatchFile(dir, filepath.Base(name))
		if err != nil || !ok || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}
