package node

import (
	"path"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// newerFiles finds what a restart of the two daemons would apply for the first time.
func (s *sight) newerFiles() {
	k, r := &s.facts.Kubelet, &s.facts.Runtime
	kubelet := slices.Concat(s.unitFiles(kubeletProgram, s.kubelet.unitName, s.kubelet.unit), k.Inputs.Value.Files())
	directories := []string{}
	if dir := k.Inputs.Value.DropIns; dir != nil {
		directories = append(directories, dir.Path)
	}
	k.Newer = s.newer(k.Process, kubelet, directories)
	program := runtimeProgram(r.Name.Value)
	runtime := slices.Concat(s.unitFiles(program, r.Unit.Value.Name, s.runtimeUnitSeen), r.Files.Value)
	r.Newer = s.newer(r.Process, runtime, []string{runtimecfg.PathsOf(r.Name.Value, r.Inputs).DropInDir})
}

// unitFiles are the files of a unit as systemd has loaded them, and those on its search path
// that it would load at its next reload: it does not always notice them itself.
func (s *sight) unitFiles(program, unit string, loaded systemd.Unit) []source.File {
	if unit == "" {
		return nil
	}
	request := start.Request{Programs: []string{program}, Unit: unit}
	return append(s.resolve(request, loaded).Files, s.resolve(request, systemd.Unit{}).Files...)
}

// newer selects the files that changed after the process started. A directory counts where
// none of its files does: one was removed.
func (s *sight) newer(process verify.Fact[verify.Process], files []source.File, directories []string) verify.Fact[[]source.File] {
	if !process.Seen {
		return verify.Unseen[[]source.File](process.Why, process.Hint)
	}
	found := []source.File{}
	add := func(name string) {
		at := s.changed(name)
		older, certain := process.Value.StartedAfter(at)
		if !older && certain && !at.IsZero() {
			found = append(found, source.File{Path: name, Changed: at})
		}
	}
	for _, f := range files {
		if !slices.ContainsFunc(found, func(o source.File) bool { return o.Path == f.Path }) {
			add(f.Path)
		}
	}
	for _, dir := range directories {
		if dir != "" && !slices.ContainsFunc(found, func(o source.File) bool { return strings.HasPrefix(o.Path, path.Clean(dir)+"/") }) {
			add(path.Clean(dir) + "/")
		}
	}
	return verify.Seen(found, "change times of files, start of "+process.From)
}
