package node

import (
	"path"
	"slices"
	"time"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// kubeletSources are the texts that make a kubelet's configuration, read once.
type kubeletSources struct {
	inputs kubeletcfg.Inputs
	// unitProblems are those of the unit's own files.
	unitProblems []source.Problem
	// from says whose command line it is.
	from string
	// why is set where not even the command line is known.
	why, hint string
}

const defaultConfigFile = "/var/lib/kubelet/config.yaml"

// kubeletConfig finds the command line, and reads the file and the drop-ins that it names.
func (s *sight) kubeletConfig() {
	src := &s.kubelet.sources
	s.commandLine()
	if src.why == "" {
		src.inputs = kubeletcfg.InputsFS(rootFS{s.host.Root}, known.Version{}, s.kubelet.command)
		s.joining()
		if file := src.inputs.Config; file != nil {
			s.kubeletChanged(file.Changed)
		}
		if dir := src.inputs.DropIns; dir != nil {
			s.datedDir(dir)
		}
	}
	s.kubeletSettings()
}

// kubeletFlag returns the last flag of a name on the kubelet's command line.
func (s *sight) kubeletFlag(name string) (kubeletcfg.Flag, bool) {
	return kubeletcfg.CommandLineOf(s.kubelet.command).Last(name)
}

// datedDir notes when the kubelet config drop-ins and their directories changed.
func (s *sight) datedDir(dir *kubeletcfg.DropInDir) {
	directories := []string{dir.Path}
	for _, f := range dir.Files {
		s.kubeletChanged(f.Changed)
		directories = append(directories, path.Dir(f.Path))
	}
	for _, skipped := range dir.Skipped {
		directories = append(directories, path.Dir(skipped.Path))
	}
	slices.Sort(directories)
	for _, one := range slices.Compact(directories) {
		s.kubeletChanged(s.changed(one))
	}
}

func (s *sight) kubeletChanged(at time.Time) {
	c := &s.facts.Kubelet.Changed
	if at.After(c.Value) {
		*c = verify.Seen(at, "change times of files and directories")
	}
}

// kubeletSettings judges the sources; it is called again when the version is known.
func (s *sight) kubeletSettings() {
	k, src := &s.facts.Kubelet, &s.kubelet.sources
	if src.why != "" {
		k.Gate, k.DemandRelist = source.Unknown[bool](src.why, src.hint), source.Unknown[bool](src.why, src.hint)
		k.Inputs = verify.Unseen[kubeletcfg.Inputs](src.why, src.hint)
		k.Settings = kubeletcfg.Settings{}
		k.Problems = src.unitProblems
		k.Mentions = s.kubelet.planned.Mentions(known.Gate)
		return
	}
	src.inputs.Version = k.Version.Value
	c := kubeletcfg.Read(src.inputs)
	k.Problems = append(slices.Clone(src.unitProblems), c.Problems()...)
	k.Gate, k.DemandRelist = c.Gate(known.Gate), c.Gate("PLEGOnDemandRelist")
	k.Inputs, k.Settings = verify.Seen(src.inputs, src.from), c.Settings()
	k.Mentions = append(c.Mentions(known.Gate), withoutEffect(s.kubelet.planned.Mentions(known.Gate))...)
}

// withoutEffect selects the mentions that do not count: those that reach the command line
// are judged as flags.
func withoutEffect(all []source.Mention) []source.Mention {
	return slices.DeleteFunc(all, func(m source.Mention) bool { return m.Counts })
}
