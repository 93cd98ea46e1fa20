package node

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
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
	k := &s.facts.Kubelet
	src := &s.kubelet.sources
	s.commandLine()
	if src.why != "" {
		s.kubeletSettings()
		return
	}
	flags := src.inputs.Flags
	if f, ok := flags.Last("config"); ok && f.Value != "" && f.Unknown == "" {
		file := s.kubeletFile(s.onNode(f.Value))
		k.Config = verify.Seen(file, f.At.String())
		src.inputs.Config = &file
	}
	k.ConfigDir = verify.Seen("", "the kubelet's command line")
	if f, ok := flags.Last("config-dir"); ok && f.Value != "" && f.Unknown == "" {
		dir := s.onNode(f.Value)
		k.ConfigDir = verify.Seen(f.Value, f.At.String())
		s.configDir(dir, f.Value)
	} else {
		k.DropIns = verify.Seen([]source.File(nil), "no --config-dir")
	}
	s.kubeletSettings()
}

// onNode returns the path on the node of a file that the kubelet opens.
func (s *sight) onNode(name string) string {
	if onNode, ok := s.kubelet.command.HostPath(name); ok {
		return onNode
	}
	return path.Join("/", name)
}

// kubeletFile reads one file of the configuration.
func (s *sight) kubeletFile(name string) source.File {
	file := s.read(name)
	s.kubeletChanged(file.Changed)
	return file
}

func (s *sight) kubeletChanged(at time.Time) {
	c := &s.facts.Kubelet.Changed
	if at.After(c.Value) {
		*c = verify.Seen(at, "change times of files and folders")
	}
}

// configDir reads the kubelet config drop-ins below dir, which was written as given.
func (s *sight) configDir(dir, given string) {
	found := &kubeletcfg.DropInDir{Path: dir}
	s.kubelet.sources.inputs.DropIns = found
	link, err := s.host.Root.Lstat(strings.TrimSuffix(dir, "/"))
	found.Link = err == nil && !link.IsDir() && !strings.HasSuffix(given, "/")
	names, walkErr := s.below(dir, hostfs.WalkOptions{FollowRoot: strings.HasSuffix(given, "/")})
	if found.Err = cmp.Or(err, walkErr); found.Err != nil {
		s.facts.Kubelet.DropIns = unseen[[]source.File](found.Err)
		if found.Missing() {
			s.facts.Kubelet.DropIns = verify.Seen([]source.File{}, dir)
		}
		return
	}
	relative := make([]string, 0, len(names))
	directories := []string{dir}
	for _, name := range names {
		relative = append(relative, strings.TrimPrefix(strings.TrimPrefix(name, strings.TrimSuffix(dir, "/")), "/"))
		directories = append(directories, path.Dir(name))
	}
	slices.Sort(directories)
	for _, one := range slices.Compact(directories) {
		s.kubeletChanged(s.changed(one))
	}
	read, skipped := kubeletcfg.DropInOrder(relative)
	found.Files = []source.File{}
	for _, name := range read {
		found.Files = append(found.Files, s.kubeletFile(path.Join(dir, name)))
	}
	s.facts.Kubelet.DropIns = verify.Seen(found.Files, dir)
	for _, name := range skipped {
		found.Skipped = append(found.Skipped, path.Join(dir, name))
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
		k.StaticPodPath = source.Unknown[string](src.why, src.hint)
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
	k.Verbosity, k.LogFormat = settings.Verbosity, settings.LoggingFormat
	k.RuntimeEndpoint, k.StaticPodPath = settings.ContainerRuntimeEndpoint, settings.StaticPodPath
	if p := &k.StaticPodPath; p.Value != "" && !path.IsAbs(p.Value) {
		p.Value = path.Join(path.Dir(k.Config.Value.Path), p.Value)
	}
}
