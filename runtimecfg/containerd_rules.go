package runtimecfg

import "github.com/plegctl/plegctl/verify/known"

// containerdRules is how one release reads its files.
type containerdRules struct {
	// old is containerd 1: go-toml v1, exact keys, plugin tables replaced whole.
	old bool
	// newest is the highest config version it knows.
	newest int
	// dropInVersion: a drop-in must not have a higher version than the root file. It came
	// with 2.3.0 (containerd commit 21248d007) and is gone from the main branch again
	// (a8ed54668), so later releases are only warned about.
	dropInVersion, dropInVersionMaybe bool
	// migratesV3 moves the CRI table of version 2 also out of a version 3 file (2.3.0+).
	migratesV3 bool
}

func containerdRulesAt(v known.Version) containerdRules {
	switch {
	case v.IsZero():
		return containerdRules{newest: 4, migratesV3: true, dropInVersionMaybe: true}
	case v.Major < 2:
		return containerdRules{old: true, newest: 2}
	case v.MinorLess(2, 3):
		return containerdRules{newest: 3}
	}
	return containerdRules{
		newest: 4, migratesV3: true,
		dropInVersion: v.MinorLess(2, 4), dropInVersionMaybe: !v.MinorLess(2, 4),
	}
}

// The names of the CRI service's plugins.
const (
	criShort   = "cri"
	criGRPC    = "io.containerd.grpc.v1.cri"
	criRuntime = "io.containerd.cri.v1.runtime"
	criImages  = "io.containerd.cri.v1.images"
)

// criTables are the plugin tables that hold CRI settings for a file of this version, the
// one to write to first (containerd docs/cri/config.md).
func (r containerdRules) criTables(version int) []string {
	switch {
	case version < 2 && r.old:
		return []string{criShort}
	case version < 2:
		return []string{criShort, criGRPC, criRuntime}
	case version == 2 && r.old:
		return []string{criGRPC}
	case version == 2:
		return []string{criGRPC, criRuntime}
	case r.migratesV3:
		return []string{criRuntime, criGRPC}
	}
	return []string{criRuntime}
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
