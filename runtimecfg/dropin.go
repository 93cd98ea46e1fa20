package runtimecfg

import (
	"fmt"
	"path"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// DropIn is a CRI-O drop-in of our own: one file that is created and removed whole.
type DropIn struct {
	// Path is where it goes; Data is all of its text.
	Path string
	Data []byte
	// Why says why it has this name.
	Why string
}

const (
	dropInStem = "plegctl.conf"
	dropInName = "99-" + dropInStem
)

// CRIODropIn gives the drop-in that sets enable_pod_events in a folder, under a name that
// wins over all files there. An own drop-in that is there already keeps its name while that
// still wins. It is refused where no drop-in can win: an environment variable or a flag
// says something else, and both overrule files.
func CRIODropIn(in CRIOInputs, dir string, on bool) (DropIn, error) {
	now := EffectiveCRIO(in)
	if at := now.PodEvents.At; at.Kind.Overrides() && now.PodEvents.Value != on {
		return DropIn{}, fmt.Errorf("a CRI-O drop-in cannot set %s = %t: %s sets %t and overrides all files", podEventsKey, on, at, now.PodEvents.Value)
	}
	names, own := namesIn(in.DropIns, dir)
	name, why := winningName(names)
	if own != "" && (len(names) == 0 || own > names[len(names)-1]) {
		name, why = own, "its own drop-in is there already, and no file comes behind it"
	}
	return DropIn{Path: path.Join(dir, name), Data: DropInText(on), Why: why}, nil
}

// DropInText is the whole text of the drop-in.
func DropInText(on bool) []byte {
	return fmt.Appendf(nil, `# Written by plegctl: whether CRI-O sends container events (Evented PLEG).
# "plegctl disable" and "plegctl rollback" remove this file.
[crio.runtime]
%s = %t
`, podEventsKey, on)
}

// IsOwnDropIn reports that a file of this name is plegctl's drop-in.
func IsOwnDropIn(name string) bool { return strings.HasSuffix(path.Base(name), "-"+dropInStem) }

// namesIn lists what stands directly in the folder, folders included, in CRI-O's order;
// and the last of our own drop-ins.
func namesIn(files []source.File, dir string) (names []string, own string) {
	prefix := strings.TrimSuffix(dir, "/") + "/"
	for _, src := range WalkOrder(files) {
		rest, ok := strings.CutPrefix(src.Path, prefix)
		if !ok {
			continue
		}
		name, _, below := strings.Cut(rest, "/")
		if !below && IsOwnDropIn(name) {
			own = name
			continue
		}
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names, own
}

// winningName finds a name behind all others. Names compare byte by byte: 100-x comes
// before 99-x, a name without digits behind both, and of a folder all files stand where
// its name does.
func winningName(names []string) (name, why string) {
	if len(names) == 0 {
		return dropInName, "the folder is empty"
	}
	last := names[len(names)-1]
	for _, name := range []string{dropInName, "zz-" + dropInStem, "zzzz-" + dropInStem} {
		if name > last {
			return name, "comes behind " + last + ", the last of the folder"
		}
	}
	return last + "-" + dropInStem, "comes behind " + last + ", the last of the folder"
}
