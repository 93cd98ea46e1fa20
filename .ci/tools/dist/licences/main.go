// Command licences prints the licences and notices of what is linked into plegctl: Go itself and
// the modules that the main package in the current directory imports. It fails where one has no
// licence, or one that is not on the list below.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func main() {
	tags := flag.String("tags", "", "build `TAGS`")
	flag.Parse()
	out := bufio.NewWriter(os.Stdout)
	if err := errors.Join(write(out, *tags), out.Flush()); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func write(out io.Writer, tags string) error {
	root, err := run("env", "GOROOT")
	if err != nil {
		return err
	}
	list, err := run("list", "-tags", tags, "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
	if err != nil {
		return err
	}
	modules := strings.Split(list, "\n")
	slices.Sort(modules)
	modules = append([]string{"Go and its standard library, " + runtime.Version() + "\t" + root}, slices.Compact(modules)...)
	for _, module := range modules {
		name, dir, _ := strings.Cut(module, "\t")
		kind, text, err := licence(dir)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if _, err := fmt.Fprintf(out, "%s\n%s\nLicence: %s\n\n%s\n", strings.Repeat("-", 79), name, kind, text); err != nil {
			return err
		}
	}
	return nil
}

func run(args ...string) (string, error) {
	c := exec.Command("go", args...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}

// known lists the licences that plegctl may link, each with words that only its text has. The
// order matters: a text of BSD-2-Clause is also the beginning of BSD-3-Clause.
var known = []struct{ name, words string }{
	{"Apache-2.0", "Apache License Version 2.0, January 2004"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose"},
	{"BSD-3-Clause", "may be used to endorse or promote products derived from this software without"},
	{"BSD-2-Clause", "Redistributions in binary form must reproduce the above copyright notice"},
}

// licence reads the licence of a module and what must be passed on with it.
func licence(dir string) (kind string, text []byte, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", nil, err
	}
	for _, entry := range entries {
		if entry.IsDir() || !isLegal(strings.ToUpper(entry.Name())) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return "", nil, err
		}
		text = append(append(text, bytes.TrimSpace(data)...), "\n\n"...)
		flat := strings.Join(strings.Fields(string(data)), " ")
		for _, k := range known {
			if kind == "" && strings.Contains(flat, k.words) {
				kind = k.name
			}
		}
	}
	if kind == "" {
		return "", nil, fmt.Errorf("no licence in %s, or one that is not on the list", dir)
	}
	return kind, text, nil
}

func isLegal(file string) bool {
	return slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS"}, func(prefix string) bool {
		return strings.HasPrefix(file, prefix)
	})
}
