package runtimecfg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/source"
)

// tables warns of CRI tables that this release does not look at in a file of this version,
// and of plugin names that containerd 1 refuses.
func (c *containerdConfig) tables(f *containerdFile, version int) {
	plugins := f.node("plugins")
	if plugins == nil {
		return
	}
	for _, kid := range plugins.Kids() {
		pos := f.pos(kid.Offset())
		switch {
		case c.rules.old && version >= 2 && !c.rules.validURI(kid.Name):
			c.fatal(codeContainerdTable, pos, fmt.Sprintf("invalid plugin key URI %q expect io.containerd.x.vx; containerd does not start", kid.Name), "name the plugin in full")
		case kid.Name == criGRPC && version >= c.rules.newest && !c.rules.old:
			if !onlyStreaming(kid) {
				c.warn(codeContainerdTable, source.Ignored, pos, fmt.Sprintf("from [plugins.%q] in a file of version %d only the settings of the streaming server are read", kid.Name, version), c.tableHint(version))
			}
		case isCRI(kid.Name) && !slices.Contains(c.rules.criTables(version), kid.Name):
			c.warn(codeContainerdTable, source.Ignored, pos, fmt.Sprintf("containerd does not look at [plugins.%q] in a file of version %d", kid.Name, max(version, 1)), c.tableHint(version))
		}
	}
}

func (c *containerdConfig) tableHint(version int) string {
	if version < 2 && c.rules.old {
		return "add `version = 2` as the first line, or name the table [plugins.cri]"
	}
	return "name it [plugins.\"" + criTable(version) + "\"]"
}

// onlyStreaming reports whether a table has only the settings that stayed in the old table when containerd 2 took the
// CRI service apart (containerd docs/cri/config.md, version 3).
func onlyStreaming(table *tomldoc.Node) bool {
	for _, kid := range table.Kids() {
		switch kid.Name {
		case "disable_tcp_service", "stream_server_address", "stream_server_port", "stream_idle_timeout", "enable_tls_streaming", "x509_key_pair_streaming":
		default:
			return false
		}
	}
	return true
}

func isCRI(plugin string) bool {
	return plugin == criShort || plugin == criGRPC || plugin == criRuntime
}

// podEvents finds the key for container events wherever it is written: a setting for a build that knows
// it in a CRI table, a stray key for all others.
func (c *containerdConfig) podEvents(f *containerdFile, version int) {
	if c.in.KnowsPodEvents {
		c.customPodEvents(f, version)
	}
	c.strays(f, version, f.doc.Root)
}

func (c *containerdConfig) customPodEvents(f *containerdFile, version int) {
	for _, name := range c.rules.criTables(version) {
		table := f.plugin(name)
		if table == nil {
			continue
		}
		switch n := child(table, c.setting.Key); {
		case n != nil:
			c.customValue(f, n)
		case c.rules.old && c.PodEvents.Explicit():
			// containerd 1 replaces the whole table of a plugin by the later one.
			c.PodEvents.Known = false
		}
		if old := f.plugin(criShort); old != nil && name == criGRPC && version < 2 {
			c.PodEvents.Known = false
			c.warn(codeContainerdTable, source.Unread, f.pos(old.Offset()), fmt.Sprintf("containerd 2 renames [plugins.%s] to %q, which this file has too, and keeps one of them at random", criShort, criGRPC), "keep one of the two")
		}
	}
}

func (c *containerdConfig) customValue(f *containerdFile, n *tomldoc.Node) {
	value, ok := false, false
	if n.Value != nil && !n.IsTable() {
		value, ok = n.Value.Bool()
	}
	if !ok {
		c.fatal(codeContainerdType, f.pos(n.Offset()), c.setting.Key+" is not a boolean but of type "+n.Type(), "write `"+c.setting.Key+" = true`")
		return
	}
	c.PodEvents.Override(source.Assignment[bool]{Value: value, At: f.pos(n.Offset())})
}

func (c *containerdConfig) strays(f *containerdFile, version int, table *tomldoc.Node) {
	for _, kid := range table.Kids() {
		if kid.IsTable() {
			c.strays(f, version, kid)
			continue
		}
		if !strings.EqualFold(kid.Name, c.setting.Key) {
			continue
		}
		where := kid.Path()
		inCRI := len(where) == 3 && where[0] == "plugins" && slices.Contains(c.rules.criTables(version), where[1])
		if c.in.KnowsPodEvents && inCRI && kid.Name == c.setting.Key {
			continue
		}
		c.warn(codeContainerdStray, source.Ignored, f.pos(kid.Offset()),
			"containerd has no such setting and ignores it: "+c.ignoredHow(where, inCRI)+"; its events are always on from 1.7", "remove the line")
	}
}

// ignoredHow says what the daemon does with an unknown key (facts were read in
// containerd v1.7.34 and v2.3.4 config.go `Decode` and `loadConfigFile`).
func (c *containerdConfig) ignoredHow(where []string, inCRI bool) string {
	switch {
	case c.rules.old:
		return "containerd 1 silently"
	case len(where) == 1 || where[0] != "plugins":
		return "containerd 2 warns of an unknown key in TOML"
	case inCRI:
		return "containerd 2 warns of an unknown key for the plugin " + criRuntime
	case isCRI(where[1]):
		return "containerd 2 does not look at this table"
	}
	return "containerd 2 warns of it if it has a plugin " + where[1]
}
