package plan

import (
	"path"
	"strings"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// gateEditor edits the kubelet's files in the name of plegctl.
func gateEditor() kubeletcfg.Editor {
	return kubeletcfg.Editor{Tool: "plegctl", Header: `Written by plegctl; removed by "plegctl disable" and "plegctl rollback".`}
}

// setGate edits one file of the kubelet's.
func (m *maker) setGate(f source.File, on bool) ([]byte, error) {
	kind := source.ConfigFile
	if m.inputs().IsDropIn(f.Path) {
		kind = source.DropIn
	}
	edit, err := gateEditor().SetGate(f, kind, known.Gate, on)
	return edit.After, err
}

// ownDropInPath is a name under which a drop-in of ours is read last.
func (m *maker) ownDropInPath() string {
	dir := path.Clean(m.inputs().DropIns.Path)
	var names []string
	for _, f := range m.inputs().DropIns.Files {
		names = append(names, strings.TrimPrefix(f.Path, dir+"/"))
	}
	return path.Join(dir, gateEditor().DropInName(names))
}

func isOwnKubeletDropIn(name string) bool { return strings.HasSuffix(path.Base(name), "-plegctl.conf") }
