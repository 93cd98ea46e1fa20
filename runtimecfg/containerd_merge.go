package runtimecfg

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// merge applies the files in the order in which they were read.
func (c *containerdConfig) merge() {
	c.versions()
	for _, f := range c.files {
		if f.doc == nil {
			c.gap()
			continue
		}
		version := f.own.Version
		if c.rules.old {
			// containerd 1 merges first and looks at the version after.
			version = c.configVersion
		}
		c.disabled(f, version)
		c.tables(f, version)
		c.podEvents(f, version)
	}
	for _, f := range c.files {
		if f.doc != nil && c.CRI.Value {
			c.pluginTypes(f)
		}
	}
}

// gap is a file that could not be read. Only CRI turned off already is beyond its reach.
func (c *containerdConfig) gap() {
	c.CRI.Known = c.CRI.Known && !c.CRI.Value
	c.PodEvents.Known = c.PodEvents.Known && !c.in.KnowsPodEvents
}

// versions finds the version that counts, and the versions that containerd refuses.
func (c *containerdConfig) versions() {
	if len(c.files) == 0 || c.files[0].doc == nil {
		return
	}
	root := c.files[0].own.Version
	for _, f := range c.files {
		n := f.node("version")
		if n == nil {
			continue
		}
		pos := f.pos(n.Offset())
		if f.own.Version > c.rules.newest {
			c.fatal(codeContainerdVersion, pos, fmt.Sprintf("config version %d is newer than this containerd supports (%d); it does not start", f.own.Version, c.rules.newest), "use the version that `containerd config default` prints")
		}
		if root == 0 {
			root = f.own.Version
		}
		if f.own.Version > root && (c.rules.dropInVersion || c.rules.dropInVersionMaybe) {
			text := fmt.Sprintf("drop-in config version %d higher than root config version %d", f.own.Version, root)
			if c.rules.dropInVersion {
				c.fatal(codeContainerdVersion, pos, text+"; containerd does not start", "give the drop-in the root file's version")
			} else {
				c.warn(codeContainerdVersion, source.Suspect, pos, text+": containerd 2.3 does not start with that", "give the drop-in the root file's version")
			}
		}
		if c.rules.old && f.own.Version != 0 {
			c.configVersion = f.own.Version
		}
	}
	if !c.rules.old {
		c.configVersion = c.files[0].own.Version
	}
	c.configVersion = max(c.configVersion, 1)
}

// disabled reads disabled_plugins. Lists only ever grow over the files: a drop-in can turn
// CRI off and can never turn it on again.
func (c *containerdConfig) disabled(f *containerdFile, version int) {
	for _, e := range f.list("disabled_plugins", f.own.Disabled) {
		at := e.At
		if version >= 2 && !c.rules.validURI(e.Value) {
			c.fatal(codeContainerdDisabled, at, fmt.Sprintf("invalid disabled plugin URI %q expect io.containerd.x.vx; containerd does not start", e.Value),
				"remove it; a file of version 2 or later names plugins in full")
			continue
		}
		if c.rules.turnsOffCRI(e.Value, version) {
			c.CRI.Override(source.Assignment[bool]{Value: false, At: e.At})
			c.warn(codeContainerdCRIOff, source.Suspect, at, fmt.Sprintf("disabled_plugins contains %q: the CRI service is off, and every CRI call is answered with Unimplemented", e.Value),
				"remove it from disabled_plugins and restart containerd; a drop-in can only add to that list")
			continue
		}
		if e.Value == criGRPC || e.Value == criShort || e.Value == criRuntime {
			c.warn(codeContainerdDisabled, source.Ignored, at, fmt.Sprintf("%q turns nothing off in a file of version %d", e.Value, max(version, 1)), "remove it, or write the name that this version uses")
		}
	}
}

// validURI is containerd's own check (v1.7.34 ValidateV2, v2.3.4 ValidateVersion).
func (r containerdRules) validURI(entry string) bool {
	if r.old {
		return strings.HasPrefix(entry, "io.containerd.") && strings.Count(entry, ".") >= 3
	}
	return strings.Contains(entry, ".")
}
