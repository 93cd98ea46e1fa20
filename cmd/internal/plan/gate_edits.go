package plan

import (
	"path"
	"strings"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/platform"
	"github.com/plegctl/plegctl/verify/source"
)

// gateEditor edits the kubelet's files in the name of plegctl.
func gateEditor() kubeletcfg.Editor {
	return kubeletcfg.Editor{Tool: "plegctl", Header: `Written by plegctl; removed by "plegctl disable" and "plegctl rollback".`}
}

// removalWays remove the gate from the files to which plegctl added it.
func (m *maker) removalWays() []way {
	var ways []way
	for _, f := range m.inputs().Files() {
		before, ours := m.options.firstRecord(f.Path)
		kind := m.kindOf(f.Path)
		if had, err := gateEditor().RemoveGate(source.File{Data: before}, kind, known.Gate); !ours || err != nil || had.Changed() {
			continue
		}
		ways = append(ways, way{"removal of the gate from " + f.Path, func() ([]Step, error) {
			edit, err := gateEditor().RemoveGate(f, kind, known.Gate)
			return []Step{WriteFile{Path: f.Path, Before: f.Data, After: edit.After, Role: KubeletConfig}}, err
		}})
	}
	return ways
}

// setGate edits one file of the kubelet's.
func (m *maker) setGate(f source.File, on bool) ([]byte, error) {
	edit, err := gateEditor().SetGate(f, m.kindOf(f.Path), known.Gate, on)
	return edit.After, err
}

func (m *maker) kindOf(path string) source.Kind {
	if m.inputs().IsDropIn(path) {
		return source.DropIn
	}
	return source.ConfigFile
}

// ownDropInPath is a name under which a drop-in of ours is read last.
func (m *maker) ownDropInPath() string {
	dir := path.Clean(m.inputs().DropIns.Path)
	if m.facts.Kubelet.Join.Value != "" {
		return path.Join(dir, platform.KubeadmPatch)
	}
	var names []string
	for _, f := range m.inputs().DropIns.Files {
		names = append(names, strings.TrimPrefix(f.Path, dir+"/"))
	}
	return path.Join(dir, gateEditor().DropInName(names))
}

func isOwnKubeletDropIn(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, "-plegctl.conf") || base == platform.KubeadmPatch
}
