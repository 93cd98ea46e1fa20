package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify/source"
)

// after is files as they would be after the steps. order sorts a new file into its place.
func after(files []source.File, steps []Step, role Role, order func(a, b string) int) []source.File {
	out := slices.Clone(files)
	set := func(name string, data []byte) {
		if i := slices.IndexFunc(out, func(f source.File) bool { return f.Path == name }); i >= 0 {
			out[i].Data = data
			return
		}
		out = append(out, source.File{Path: name, Data: data})
	}
	remove := func(name string) {
		out = slices.DeleteFunc(out, func(f source.File) bool { return f.Path == name })
	}
	for _, s := range steps {
		if roleOf(s) != role {
			continue
		}
		switch s := s.(type) {
		case CreateFile:
			set(s.Path, s.Data)
		case WriteFile:
			set(s.Path, s.After)
		case RemoveFile:
			remove(s.Path)
		case RestoreFile:
			if s.Then.Exists {
				set(s.Path, s.Then.Data)
			} else {
				remove(s.Path)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b source.File) int { return order(a.Path, b.Path) })
	return out
}

// walkOrder is the order in which both kubelet and CRI-O walk a drop-in directory: name by
// name at each level.
func walkOrder(a, b string) int {
	return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
}

// eventsAfter is the runtime's effective value with the steps taken, by the runtime's own
// rules; an error where it would not start.
func (m *maker) eventsAfter(in runtimecfg.Inputs, steps []Step) (bool, error) {
	name := m.facts.Runtime.Name.Value
	in.Files = after(in.Files, steps, RuntimeConfig, walkOrder)
	effective := runtimecfg.Effective(name, in)
	if p, fatal := source.FirstFatal(effective.Problems); fatal {
		return false, fmt.Errorf("%s would not start: %s: %s", name, p.At, p.Message)
	}
	if !effective.PodEvents.Known {
		return false, fmt.Errorf("the value that %s would take is not known: %s", name, effective.PodEvents.Reason)
	}
	return effective.PodEvents.Value, nil
}
