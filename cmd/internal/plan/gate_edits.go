package plan

import (
	"fmt"
	"path"
	"strings"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// setGate edits one file of the kubelet's.
func (m *maker) setGate(f source.File, on bool) ([]byte, error) {
	sort := kubeletcfg.ConfigFile
	if m.isDropIn(f.Path) {
		sort = kubeletcfg.ConfigDropIn
	}
	edit, err := sort.SetGate(f.Data, known.Gate, on)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", f.Path, err)
	}
	return edit.After, nil
}

// ownDropInPath is a name under which a drop-in of ours is read last.
func (m *maker) ownDropInPath() string {
	dir := path.Clean(m.facts.Kubelet.ConfigDir.Value)
	var names []string
	for _, f := range m.facts.Kubelet.DropIns.Value {
		names = append(names, strings.TrimPrefix(f.Path, dir+"/"))
	}
	return path.Join(dir, kubeletcfg.DropInName(names))
}

func isOwnKubeletDropIn(name string) bool { return strings.HasSuffix(path.Base(name), "-plegctl.conf") }
