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
	// why is set where not even the command line is known.
	why, hint string
}

const defaultConfigFile = "/var/lib/kubelet/config.yaml"

// kubeletConfig finds the command line, and reads the file and the drop-ins that it names.
func (s *sight) kubeletConfig() {
	k, src := &s.facts.Kubelet, &s.kubelet.sources
	s.commandLine()
	if src.why != "" {
		s.kubeletSettings()
		return
	}
	src.inputs = kubeletcfg.InputsFS(rootFS{s.host.Root}, known.Version{}, s.kubelet.command)
	if file := src.inputs.Config; file != nil {
		s.dated(file)
		f, _ := src.inputs.Flags.Last("config")
		k.Config = verify.Seen(*file, f.At.String())
	}
	k.ConfigDir = verify.Seen("", "the kubelet's command line")
	k.DropIns = verify.Seen([]source.File(nil), "no --config-dir")
	if dir := src.inputs.DropIns; dir != nil {
		f, _ := src.inputs.Flags.Last("config-dir")
		k.ConfigDir = verify.Seen(f.Value, f.At.String())
		s.dropIns(dir)
	}
	s.kubeletSettings()
}

// dropIns adds what the kubelet config drop-ins are to the facts.
func (s *sight) dropIns(dir *kubeletcfg.DropInDir) {
	s.facts.Kubelet.DropIns = verify.Seen(dir.Files, dir.Path)
	if dir.Err != nil && !dir.Missing() {
		s.facts.Kubelet.DropIns = unseen[[]source.File](dir.Err)
	}
	directories := []string{dir.Path}
	for i := range dir.Files {
		s.dated(&dir.Files[i])
		directories = append(directories, path.Dir(dir.Files[i].Path))
	}
	for _, skipped := range dir.Skipped {
		directories = append(directories, path.Dir(skipped.Path))
	}
	slices.Sort(directories)
	for _, one := range slices.Compact(directories) {
		s.kubeletChanged(s.changed(one))
	}
}

// dated notes when a file of the configuration changed.
func (s *sight) dated(file *source.File) {
	if file.Err == nil {
		file.Changed = s.changed(file.Path)
		s.kubeletChanged(file.Changed)
	}
}

func (s *sight) kubeletChanged(at time.Time) {
	c := &s.facts.Kubelet.Changed
	if at.After(c.Value) {
		*c = verify.Seen(at, "change times of files and folders")
	}
}

// kubeletSettings judges the sources; it is called again when the version is known.
func (s *sight) kubeletSettings() {
	k, src := &s.facts.Kubelet, &s.kubelet.sources
	if src.why != "" {
		k.Gate, k.DemandRelist = source.Unknown[bool](src.why, src.hint), source.Unknown[bool](src.why, src.hint)
		k.ConfigDirEnv = verify.Unseen[bool](src.why, src.hint)
		k.Config = verify.Unseen[source.File](src.why, src.hint)
		k.ConfigDir = verify.Unseen[string](src.why, src.hint)
		k.StaticPodPath, k.StaticPodURL = source.Unknown[string](src.why, src.hint), source.Unknown[string](src.why, src.hint)
		k.Problems = src.unitProblems
		return
	}
	src.inputs.Version = k.Version.Value
	c := kubeletcfg.Read(src.inputs)
	k.Problems = append(slices.Clone(src.unitProblems), c.Problems()...)
	k.Gate, k.DemandRelist = c.Gate(known.Gate), c.Gate("PLEGOnDemandRelist")
	settings := c.Settings()
	k.Address, k.HealthzAddress = settings.Address, settings.HealthzBindAddress
	k.Port, k.ReadOnlyPort, k.HealthzPort = settings.Port, settings.ReadOnlyPort, settings.HealthzPort
	k.Verbosity = settings.Verbosity
	k.RuntimeEndpoint = settings.ContainerRuntimeEndpoint
	k.StaticPodPath, k.StaticPodURL = settings.StaticPodPath, settings.StaticPodURL
	if p := &k.StaticPodPath; p.Value != "" && !path.IsAbs(p.Value) {
		p.Value = path.Join(path.Dir(k.Config.Value.Path), p.Value)
	}
}
