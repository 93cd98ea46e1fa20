package tomldoc

import (
	"strconv"
	"strings"
)

// join is the path with one more name, in memory of its own.
func join(path []string, name string) []string {
	return append(path[:len(path):len(path)], name)
}

func names(keys []Key) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.Name
	}
	return out
}

// pathID is the path as one unambiguous string.
func pathID(path []string) string {
	var b strings.Builder
	for _, p := range path {
		b.WriteString(strconv.Itoa(len(p)))
		b.WriteByte(':')
		b.WriteString(p)
	}
	return b.String()
}

func dotted(path []string) string { return strings.Join(path, ".") }
