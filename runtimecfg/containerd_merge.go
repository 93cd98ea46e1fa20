package runtimecfg

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// judge merges the files in the order in which they were read.
func (l *loader) judge() {
	l.versions()
	for _, f := range l.files {
		if f.doc == nil {
			l.gap()
			continue
		}
		version := f.version
		if l.rules.old {
			// containerd 1 merges first and looks at the version after.
			version = l.out.ConfigVersion
		}
		l.disabled(f, version)
		l.address(f, version)
		l.tables(f, version)
		l.podEvents(f, version)
	}
}

// gap is a file that could not be read. Only CRI turned off already is beyond its reach.
func (l *loader) gap() {
	l.out.Address.Known = false
	l.out.CRI.Known = l.out.CRI.Known && !l.out.CRI.Value
	l.out.PodEvents.Known = l.out.PodEvents.Known && !l.in.KnowsPodEvents
}

// versions finds the version that counts, and the versions that containerd refuses.
func (l *loader) versions() {
	if len(l.files) == 0 || l.files[0].doc == nil {
		return
	}
	root := l.files[0].version
	for _, f := range l.files {
		n := f.own("version")
		if n == nil {
			continue
		}
		pos := f.pos(n.Offset())
		if f.version > l.rules.newest {
			l.fatal(ContainerdVersion, pos, fmt.Sprintf("config version %d is newer than this containerd knows (%d); it does not start", f.version, l.rules.newest), "use the version that `containerd config default` prints")
		}
		if root == 0 {
			root = f.version
		}
		if f.version > root && (l.rules.dropInVersion || l.rules.dropInVersionMaybe) {
			text := fmt.Sprintf("drop-in config version %d higher than root config version %d", f.version, root)
			if l.rules.dropInVersion {
				l.fatal(ContainerdVersion, pos, text+"; containerd does not start", "give the drop-in the root file's version")
			} else {
				l.warn(ContainerdVersion, source.Suspect, pos, text+": containerd 2.3 does not start with that", "give the drop-in the root file's version")
			}
		}
		if l.rules.old && f.version != 0 {
			l.out.ConfigVersion = f.version
		}
	}
	if !l.rules.old {
		l.out.ConfigVersion = l.files[0].version
	}
	l.out.ConfigVersion = max(l.out.ConfigVersion, 1)
}

// disabled reads disabled_plugins. Lists only ever grow over the files: a drop-in can turn
// CRI off and can never turn it on again.
func (l *loader) disabled(f containerdFile, version int) {
	for _, e := range l.stringList(f, "disabled_plugins") {
		pos := e.At
		if version >= 2 && !l.rules.validURI(e.Value) {
			l.fatal(ContainerdDisabled, pos, fmt.Sprintf("invalid disabled plugin URI %q expect io.containerd.x.vx; containerd does not start", e.Value),
				"take it out; a file of version 2 or later names plugins in full")
			continue
		}
		if l.rules.turnsOffCRI(e.Value, version) {
			l.out.CRI.Override(source.Assignment[bool]{Value: false, At: e.At})
			l.warn(ContainerdCRIOff, source.Suspect, pos, fmt.Sprintf("disabled_plugins holds %q: the CRI service is off, and every CRI call is answered with Unimplemented", e.Value),
				"take it out of disabled_plugins and restart containerd; a drop-in can only add to that list")
			continue
		}
		if e.Value == criGRPC || e.Value == criShort || e.Value == criRuntime {
			l.warn(ContainerdDisabled, source.Ignored, pos, fmt.Sprintf("%q turns nothing off in a file of version %d", e.Value, max(version, 1)), "take it out, or write the name that this version uses")
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

// address reads the socket. An empty text cannot overrule.
func (l *loader) address(f containerdFile, version int) {
	n := f.own("grpc", "address")
	if l.rules.serverPlugins {
		table := f.plugin(serverGRPC)
		if table == nil && version >= 4 && n != nil {
			l.warn(ContainerdAddress, source.Ignored, f.pos(n.Offset()), "a file of version 4 is not asked for [grpc] address", "write it into [plugins.\""+serverGRPC+"\"]")
		}
		if table != nil || version >= 4 {
			n = child(table, "address")
		}
	}
	if n == nil {
		return
	}
	if n.Value == nil || n.IsTable() {
		l.fatal(ContainerdType, f.pos(n.Offset()), "address is "+aType(n.Type())+", not a string; containerd does not start", "")
		return
	}
	value, ok := n.Value.Text()
	if !ok {
		l.fatal(ContainerdType, f.pos(n.Offset()), "address is "+aType(n.Type())+", not a string; containerd does not start", "")
		return
	}
	if value != "" {
		l.out.Address.Override(source.Assignment[string]{Value: value, At: f.pos(n.Offset())})
	}
}
