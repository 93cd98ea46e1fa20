package kubeletcfg

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// DropIn is the text of a kubelet config drop-in that sets one feature gate. apiVersion
// and kind are needed: a kubelet refuses to start on a drop-in without them.
func DropIn(gate string, on bool) []byte {
	return fmt.Appendf(nil, `# Written by plegctl; removed by "plegctl disable" and "plegctl rollback".
apiVersion: %s
kind: %s
featureGates:
  %s: %v
`, configVersion, configKind, gate, on)
}

// DropInOrder tells which files below a --config-dir the kubelet reads, in the order in
// which it lays them over each other, and which it skips. names are the paths of all
// files, relative to the folder, at any depth, with "/" between their parts; folders are
// left out.
//
// The kubelet walks the folder and all below it, each folder's content sorted by name,
// and takes files that end in ".conf" (kubernetes v1.28.0 to v1.37.2,
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

// DropInName is a name for our own kubelet config drop-in, so that it is read after all
// of names (see [DropInOrder]) and wins: 90-plegctl.conf, or a later one where that would
// be overruled. A name of ours that is there already is taken again if it still wins.
func DropInName(names []string) string {
	const own = "-plegctl.conf"
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
