package plan

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify/source"
)

// after is files as they would be after the steps. order sorts a new file into its place.
func after(files []source.File, steps []Step, role Role, order func(a, b string) int) []source.File {
	out := slices.Clone(files)
	at := func(name string) int {
		return slices.IndexFunc(out, func(f source.File) bool { return f.Path == name })
	}
	for _, s := range steps {
		if roleOf(s) != role {
			continue
		}
		switch s := s.(type) {
		case CreateFile:
			out = append(out, source.File{Path: s.Path, Data: s.Data})
		case WriteFile:
			if i := at(s.Path); i >= 0 {
				out[i].Data = s.After
			}
		case RemoveFile:
			if i := at(s.Path); i >= 0 {
				out = slices.Delete(out, i, i+1)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b source.File) int { return order(a.Path, b.Path) })
	return out
}

// walkOrder is the order in which both kubelet and CRI-O walk a drop-in folder: name by
// name at each level.
func walkOrder(a, b string) int {
	return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
}

// crioInputs are CRI-O's files. Environment and flags are left out: where one of them
// decides, the plan was refused before.
func (m *maker) crioInputs(files []source.File) runtimecfg.CRIOInputs {
	in := runtimecfg.CRIOInputs{Version: m.facts.Runtime.Version.Value}
	dir := m.crioDir() + "/"
	for _, f := range files {
		src := source.File{Path: f.Path, Data: f.Data}
		if strings.HasPrefix(f.Path, dir) {
			in.DropIns = append(in.DropIns, src)
		} else {
			in.Config = &src
		}
	}
	return in
}

func (m *maker) crioDir() string {
	return path.Clean(orElse(m.facts.Runtime.DropInDir.Value, runtimecfg.CRIODropInDir))
}

// eventsAfter is CRI-O's effective value with the steps taken, in the words of CRI-O's own
// rules; an error where CRI-O would not start.
func (m *maker) eventsAfter(steps []Step) (bool, error) {
	files := after(m.runtimeFiles(), steps, RuntimeConfig, walkOrder)
	effective := runtimecfg.EffectiveCRIO(m.crioInputs(files))
	if p, fatal := source.FirstFatal(effective.Problems); fatal {
		return false, fmt.Errorf("CRI-O would not start: %s: %s", p.At, p.Message)
	}
	if !effective.PodEvents.Known {
		return false, fmt.Errorf("which value CRI-O would take could not be told")
	}
	return effective.PodEvents.Value, nil
}
