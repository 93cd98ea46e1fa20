package runtimecfg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/source"
)

// wrongType is fatal for CRI-O: `incompatible types` from its reader.
func (f *crioFile) wrongType(n *tomldoc.Node, want string) {
	hint := "write " + n.Name + " = \"...\""
	if want == "boolean" {
		hint = spellPodEvents("")
		if n.Value != nil && !n.IsTable() {
			hint = spellPodEvents(n.Value.Raw(f.src.Data))
		}
	}
	f.fatal(CRIOType, f.pos(n.Offset()),
		fmt.Sprintf("incompatible types: TOML value has type %s; destination has type %s", goType(n.Type()), want), hint)
}

// goType is the name that BurntSushi v1.6.0 gives a TOML type: that of its Go value.
func goType(typ string) string {
	switch typ {
	case "integer":
		return "int64"
	case "float":
		return "float64"
	case "array":
		return "[]any"
	case "table":
		return "map[string]any"
	case "datetime":
		return "time.Time"
	}
	return typ
}

func (f *crioFile) warnRandom(random bool, nodes []*tomldoc.Node, key string) {
	if !random {
		return
	}
	f.warn(CRIORandom, source.Suspect, f.pos(nodes[len(nodes)-1].Offset()),
		fmt.Sprintf("%s is set %d times in different spellings, with different values; CRI-O takes one at random at each start", key, len(nodes)),
		"keep one of them, written "+key)
}

// spelledOtherwise notes a spelling that works only because CRI-O ignores case.
func (f *crioFile) spelledOtherwise(n *tomldoc.Node, want ...string) {
	if path := n.Path(); !slices.Equal(path, want) {
		f.warn(CRIOCase, source.Suspect, f.pos(n.Offset()),
			"written "+strings.Join(path, ".")+", which works only because CRI-O ignores the case of its keys",
			"write "+strings.Join(want, "."))
	}
}

// lookAround finds the key where CRI-O does not look for it, and keys that were meant to
// be it. CRI-O ignores unknown keys without a word.
func (f *crioFile) lookAround() {
	f.look(f.doc.Root, 0)
}

func (f *crioFile) look(table *tomldoc.Node, depth int) {
	for _, kid := range table.Kids() {
		inRuntime := depth == 2 && isRuntimeTable(table)
		if kid.IsTable() {
			f.look(kid, depth+1)
			continue
		}
		switch {
		case strings.EqualFold(kid.Name, podEventsKey) && !inRuntime:
			f.warn(CRIOMisplaced, source.Ignored, f.pos(kid.Offset()),
				"CRI-O ignores "+strings.Join(kid.Path(), ".")+": the key belongs into the table [crio.runtime]",
				"move it below [crio.runtime]")
		case !strings.EqualFold(kid.Name, podEventsKey) && looksLikePodEvents(kid.Name):
			f.warn(CRIOMisspelled, source.Ignored, f.pos(kid.Offset()),
				"CRI-O ignores "+kid.Name+", which is no key of it", "write "+podEventsKey)
		}
	}
}

func isRuntimeTable(table *tomldoc.Node) bool {
	path := table.Path()
	return len(path) == 2 && strings.EqualFold(path[0], "crio") && strings.EqualFold(path[1], "runtime")
}

// looksLikePodEvents: enable-pod-events, enablePodEvents, pod_events, enable_pod_event.
func looksLikePodEvents(name string) bool {
	plain := strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
	switch strings.TrimPrefix(strings.TrimSuffix(plain, "s"), "enable") {
	case "podevent", "podsevent", "podlifecycleevent":
		return true
	}
	return false
}

// portable notes what CRI-O reads and others do not.
func (f *crioFile) portable() {
	if at, reason, ok := f.doc.Stricter(); ok {
		f.warn(CRIOLenient, source.Suspect, f.pos(at), "CRI-O reads this, but other TOML readers refuse it: "+reason, "")
	}
	if at, what, ok := f.doc.TOML11(); ok {
		f.warn(CRIONewTOML, source.Suspect, f.pos(at), what+" is TOML 1.1; CRI-O releases with an older reader refuse it", "write it as in TOML 1.0")
	}
}
