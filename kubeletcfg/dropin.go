package kubeletcfg

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// DropIn returns the text of a kubelet config drop-in that sets one feature gate. It has
// apiVersion and kind because a kubelet does not start with a drop-in without them.
func (ed Editor) DropIn(gate string, on bool) []byte {
	return fmt.Appendf(nil, "# %s\napiVersion: %s\nkind: %s\nfeatureGates:\n  %s: %v\n", ed.Header, configVersion, configKind, gate, on)
}

// DropInOrder returns the files below a --config-dir that the kubelet reads, in the order
// in which it merges them, and those that it skips. names are the paths of all files, not
// of directories, relative to the --config-dir, at any depth, with "/" between their parts.
//
// The kubelet walks the directory and all below it, the content of each sorted by name,
// and reads files that end in ".conf" (kubernetes v1.28.0 to v1.37.2,
// cmd/kubelet/app/server.go mergeKubeletConfigurations). So 10-sub/zz.conf comes before
// 20-a.conf.
func DropInOrder(names []string) (read, skipped []string) {
	names = slices.Clone(names)
	slices.SortFunc(names, walkOrder)
	for _, name := range names {
		if path.Ext(name) == ".conf" {
			read = append(read, name)
		} else {
			skipped = append(skipped, name)
		}
	}
	return read, skipped
}

// walkOrder compares paths part by part, as a walk meets them: plain string order would
// put "a-b" before "a/x".
func walkOrder(a, b string) int {
	return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
}

// DropInName returns a name for a kubelet config drop-in that is read after all of names
// (see [DropInOrder]) and wins: 90-TOOL.conf, or a later one where that would be
// overridden. A name of the tool that is among names is reused if it still wins.
func (ed Editor) DropInName(names []string) string {
	own := "-" + ed.Tool + ".conf"
	read, _ := DropInOrder(names)
	last, ours := "", ""
	for _, name := range read {
		if strings.Contains(name, "/") || !strings.HasSuffix(name, own) {
			last, ours = name, ""
		} else {
			ours = name
		}
	}
	if ours != "" {
		return ours
	}
	for _, name := range []string{"90" + own, "99" + own, "zz" + own} {
		if walkOrder(last, name) < 0 {
			return name
		}
	}
	top, _, _ := strings.Cut(last, "/")
	return top + own // sorts after top, as any longer name does
}
