package runtimecfg

import (
	"fmt"
	"path"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// DropIn is a drop-in of an [Editor]: one file that is created and removed whole.
type DropIn struct {
	Path string
	// Data is all of its text.
	Data []byte
}

// DropIn returns the drop-in that switches events on or off, under a name that wins over all
// files of the directory. A drop-in of the editor that exists already keeps its name while
// that still wins. It is an error where no drop-in can win: where the runtime reads no
// directory, or an environment variable or a flag overrides all files.
func (e Editor) DropIn(in Inputs, on bool) (DropIn, error) {
	in.Version = e.Version
	dir := PathsOf(e.Runtime, in).DropInDir
	info := infoOf(e.Runtime)
	setting, ok := info.Switch(e.Version)
	if dir == "" || !ok {
		return DropIn{}, fmt.Errorf("%s reads no drop-in directory when it is started in this way", info.Title)
	}
	now := Effective(e.Runtime, in).PodEvents
	if now.At.Kind.Overrides() && now.Value != on {
		return DropIn{}, fmt.Errorf("a drop-in cannot set %s = %t: %s sets %t and overrides all files", setting.Key, on, now.At, now.Value)
	}
	names, own := e.namesIn(in.Files, dir)
	name := e.winningName(names)
	if own != "" && (len(names) == 0 || own > names[len(names)-1]) {
		name = own
	}
	return DropIn{Path: path.Join(dir, name), Data: e.text(setting, on)}, nil
}

// text is the whole text of the drop-in.
func (e Editor) text(setting known.Switch, on bool) []byte {
	var b strings.Builder
	for line := range strings.Lines(e.Comment) {
		b.WriteString("# " + strings.TrimSuffix(line, "\n") + "\n")
	}
	fmt.Fprintf(&b, "[%s]\n%s = %t\n", strings.Join(setting.Table, "."), setting.Key, on)
	return []byte(b.String())
}

// namesIn are the names directly in the directory, in the daemon's order, and the last of
// the editor's own drop-ins.
func (e Editor) namesIn(files []source.File, dir string) (names []string, own string) {
	for _, f := range walkOrder(filesBelow(files, dir)) {
		rest, ok := strings.CutPrefix(f.Path, dir+"/")
		if !ok {
			continue
		}
		name, _, below := strings.Cut(rest, "/")
		if !below && e.Owns(name) {
			own = name
			continue
		}
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names, own
}

// winningName finds a name after all others. Names compare byte by byte: 100-x comes before
// 99-x, a name without digits after both, and all files of a directory come where its name
// does.
func (e Editor) winningName(names []string) string {
	first := "99-" + e.stem()
	if len(names) == 0 {
		return first
	}
	last := names[len(names)-1]
	for _, name := range []string{first, "zz-" + e.stem(), "zzzz-" + e.stem()} {
		if name > last {
			return name
		}
	}
	return last + "-" + e.stem()
}
