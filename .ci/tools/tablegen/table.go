package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// table is one letter for each name and version; a dot where nobody set one.
type table struct {
	versions []string
	rows     map[string][]byte
}

func newTable(versions []string) table { return table{versions, map[string][]byte{}} }

func (t table) set(name string, version int, letter byte) {
	if t.rows[name] == nil {
		t.rows[name] = []byte(strings.Repeat(".", len(t.versions)))
	}
	t.rows[name][version] = letter
}

func (t table) write(w io.Writer, header string) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%sversions %s\n", header, strings.Join(t.versions, " "))
	for _, name := range sortedKeys(t.rows) {
		fmt.Fprintf(out, "%s %s\n", t.rows[name], name)
	}
	return out.Flush()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
