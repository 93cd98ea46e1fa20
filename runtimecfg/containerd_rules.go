package runtimecfg

import "github.com/plegctl/plegctl/verify/known"

// containerdRules is how one release reads its files.
type containerdRules struct {
	// old is containerd 1: go-toml v1, exact keys, plugin tables replaced whole.
	old bool
	// newest is the highest config version it knows. containerd 2 moves the CRI table of
	// version 2 out of every file of an older version.
	newest int
	// dropInVersion: a drop-in must not have a higher version than the root file. It came
	// with 2.3.0 (containerd commit 21248d007) and is gone from the main branch again
	// (a8ed54668), so later releases are only warned about.
	dropInVersion, dropInVersionMaybe bool
}

func containerdRulesAt(v known.Version) containerdRules {
	switch {
	case v.IsZero():
		return containerdRules{newest: 4, dropInVersionMaybe: true}
	case v.Major < 2:
		return containerdRules{old: true, newest: 2}
	case v.MinorLess(2, 3):
		return containerdRules{newest: 3}
	}
	return containerdRules{newest: 4, dropInVersion: v.MinorLess(2, 4), dropInVersionMaybe: !v.MinorLess(2, 4)}
}

// The names of the CRI service's plugins.
const (
	criShort   = "cri"
	criGRPC    = "io.containerd.grpc.v1.cri"
	criRuntime = "io.containerd.cri.v1.runtime"
	criImages  = "io.containerd.cri.v1.images"
)

// criTable is the plugin table that holds CRI settings in a file of this version
// (containerd docs/cri/config.md).
func criTable(version int) string {
	switch {
	case version < 2:
		return criShort
	case version == 2:
		return criGRPC
	}
	return criRuntime
}

// criTables are all that this release reads, the strongest last: containerd 2 moves a value
// only where the newer table does not have it (v2.4.2 plugins/cri/runtime/plugin.go).
func (r containerdRules) criTables(version int) []string {
	switch {
	case r.old || version >= r.newest:
		return []string{criTable(version)}
	case version < 2:
		return []string{criShort, criGRPC, criRuntime}
	}
	return []string{criGRPC, criRuntime}
}

// turnsOffCRI reports that an entry of disabled_plugins in a file of this version leaves
// no CRI service. Without any one of its three plugins containerd 2 has none
// (v2.3.4 plugins/cri/cri.go).
func (r containerdRules) turnsOffCRI(entry string, version int) bool {
	switch {
	case r.old && version < 2:
		return entry == criShort
	case r.old:
		return entry == criGRPC
	case version < 2 && entry == criShort:
		return true
	}
	return entry == criGRPC || entry == criRuntime || entry == criImages
}
