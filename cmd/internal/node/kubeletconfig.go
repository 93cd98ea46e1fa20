package node

import (
	"errors"
	"fmt"
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
	// failed holds why a file could not be read, by path.
	failed map[string]error
	// unitProblems are those of the unit's own files.
	unitProblems []kubeletcfg.Problem
	// why is set where not even the command line is known.
	why, hint string
}

const defaultConfigFile = "/var/lib/kubelet/config.yaml"

// kubeletConfig finds the command line, and reads the file and the drop-ins that it names.
func (s *sight) kubeletConfig() {
	k := &s.facts.Kubelet
	src := &s.kubelet.sources
	src.failed = map[string]error{}
	s.commandLine()
	if src.why != "" {
		s.kubeletSettings()
		return
	}
	flags := src.inputs.Flags
	if f, ok := flags.Last("config"); ok && f.Value != "" {
		file := s.kubeletFile(s.fromCwd(f.Value))
		k.Config = verify.Seen(file, f.Place.String())
		src.inputs.Config = &kubeletcfg.TextFile{Path: file.Path, Data: file.Data}
	}
	k.ConfigDir = verify.Seen("", "the kubelet's command line")
	if f, ok := flags.Last("config-dir"); ok && f.Value != "" {
		k.ConfigDir = verify.Seen(f.Value, f.Place.String())
		s.configDir(s.fromCwd(f.Value), f.Value)
	} else {
		k.DropIns = verify.Seen([]source.File(nil), "no --config-dir")
	}
	s.kubeletSettings()
}

// fromCwd is a path of the command line; a relative one starts at the process's folder.
func (s *sight) fromCwd(name string) string {
	if path.IsAbs(name) {
		return name
	}
	return path.Join("/", s.kubelet.process.Cwd, name)
}

// kubeletFile reads one file of the configuration; one that cannot be read stays without
// bytes, which kubeletcfg takes for unreadable.
func (s *sight) kubeletFile(name string) source.File {
	file := s.read(name)
	if file.Err != nil {
		s.kubelet.sources.failed[name] = file.Err
	} else if file.Data == nil {
		file.Data = []byte{} // an empty file is no unreadable one
	}
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
	folder := &kubeletcfg.DropInFolder{Path: dir}
	s.kubelet.sources.inputs.DropIns = folder
	link, err := s.host.Root.Lstat(strings.TrimSuffix(dir, "/"))
	switch {
	case missing(err):
		folder.Missing = true
	case err == nil && !link.IsDir() && !strings.HasSuffix(given, "/"):
		folder.Link = true
	}
	names, err := s.below(dir, hostfs.WalkOptions{FollowRoot: strings.HasSuffix(given, "/")})
	if err != nil && !missing(err) {
		s.kubelet.sources.failed[dir] = err
		s.facts.Kubelet.DropIns = unseen[[]source.File](err)
		folder.Files = append(folder.Files, kubeletcfg.TextFile{Path: dir})
		return
	}
	relative := make([]string, 0, len(names))
	folders := []string{dir}
	for _, name := range names {
		relative = append(relative, strings.TrimPrefix(strings.TrimPrefix(name, strings.TrimSuffix(dir, "/")), "/"))
		folders = append(folders, path.Dir(name))
	}
	slices.Sort(folders)
	for _, one := range slices.Compact(folders) {
		s.kubeletChanged(s.changed(one))
	}
	read, skipped := kubeletcfg.DropInOrder(relative)
	files := []source.File{}
	for _, name := range read {
		file := s.kubeletFile(path.Join(dir, name))
		files = append(files, file)
		folder.Files = append(folder.Files, kubeletcfg.TextFile{Path: file.Path, Data: file.Data})
	}
	s.facts.Kubelet.DropIns = verify.Seen(files, dir)
	for _, name := range skipped {
		s.kubelet.skipped = append(s.kubelet.skipped, path.Join(dir, name))
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
		return
	}
	src.inputs.Version = k.Version.Value
	c := kubeletcfg.Read(src.inputs)
	problems := append(slices.Clone(src.unitProblems), c.Problems()...)
	k.Problems = s.kubeletProblems(problems)
	k.Gate = s.gateSetting(c, known.Gate, problems)
	k.DemandRelist = s.gateSetting(c, "PLEGOnDemandRelist", problems)
	settings := c.Settings()
	k.Port, k.ReadOnlyPort, k.HealthzPort = scalar(s, settings.Port), scalar(s, settings.ReadOnlyPort), scalar(s, settings.HealthzPort)
	k.Address, k.HealthzAddress = scalar(s, settings.Address), scalar(s, settings.HealthzBindAddress)
	k.Verbosity, k.LogFormat = scalar(s, settings.Verbosity), scalar(s, settings.LoggingFormat)
	k.RuntimeEndpoint, k.StaticPodPath = scalar(s, settings.ContainerRuntimeEndpoint), scalar(s, settings.StaticPodPath)
	if p := &k.StaticPodPath; p.Value != "" && !path.IsAbs(p.Value) {
		p.Value = path.Join(path.Dir(k.Config.Value.Path), p.Value)
	}
}

// gateSetting is one gate with all sources that set it.
func (s *sight) gateSetting(c *kubeletcfg.Config, name string, problems []kubeletcfg.Problem) source.Setting[bool] {
	g := c.Gate(name)
	out := source.Setting[bool]{Assignment: s.gateAssignment(name, g.Winner), Known: true}
	for _, setter := range g.Overruled {
		out.Overridden = append(out.Overridden, s.gateAssignment(name, setter))
	}
	out.Value = g.On
	if g.Known {
		return out
	}
	if why, hint := s.unknown(problems); why != "" {
		out.Known, out.Reason, out.Hint = false, why, hint
		return out
	}
	for _, group := range []string{"AllAlpha", "AllBeta"} {
		if c.Gate(group).On {
			out.Known, out.Reason = false, group+" is on, and whether it reaches "+name+" depends on the kubelet's version, which is not known"
			out.Hint = "give it with --kubelet-version"
			return out
		}
	}
	// The default is the same in every version that has the gate: off, and on for
	// PLEGOnDemandRelist.
	if !out.Explicit() {
		out.Value = name != known.Gate
	}
	return out
}

// unknown says why a configuration cannot be told.
func (s *sight) unknown(problems []kubeletcfg.Problem) (why, hint string) {
	for _, p := range problems {
		if err := s.kubelet.sources.failed[p.Pos.Path]; err != nil && p.Code == kubeletcfg.CodeUnreadable {
			hint = p.Hint
			if !missing(err) {
				hint = "run as root"
			}
			return err.Error(), hint
		}
		if p.Fatal || p.Code == kubeletcfg.CodeUnreadable || p.Code == kubeletcfg.CodeShell {
			return p.Pos.String() + ": " + p.Text, p.Hint
		}
	}
	return "", ""
}

func (s *sight) gateAssignment(name string, setter kubeletcfg.Setter) source.Assignment[bool] {
	out := source.Assignment[bool]{Value: setter.On, Removes: setter.Removes, At: s.position(setter.Source, setter.Pos)}
	if setter.Gate != name {
		out.Key = setter.Gate
	}
	return out
}

// position is a place of the kubelet's configuration.
func (s *sight) position(from kubeletcfg.Source, pos kubeletcfg.Place) source.Position {
	at := source.Position{Path: pos.Path, Line: pos.Line, Column: pos.Column, Arg: pos.Arg, Via: pos.Through}
	switch from {
	case kubeletcfg.SourceConfigFile:
		at.Kind = source.ConfigFile
	case kubeletcfg.SourceDropIn:
		at.Kind = source.DropIn
	case kubeletcfg.SourceFlag:
		at.Kind = source.Flag
		if pos.Path == "" {
			at.Owner = fmt.Sprintf("process %d", s.kubelet.process.PID)
		}
	case kubeletcfg.SourceDefault:
	}
	return at
}

func scalar[T any](s *sight, from kubeletcfg.Setting[T]) source.Setting[T] {
	out := source.Setting[T]{Assignment: source.Assignment[T]{Value: from.Value, At: s.position(from.Source, from.Pos)}, Known: from.Known}
	if !from.Known {
		out.Reason = "the kubelet's configuration does not tell it"
	}
	return out
}

func (s *sight) kubeletProblems(all []kubeletcfg.Problem) []source.Problem {
	var out []source.Problem
	for _, p := range all {
		effect := source.Suspect
		switch {
		case p.Code == kubeletcfg.CodeUnreadable && !missing(s.kubelet.sources.failed[p.Pos.Path]):
			effect = source.Unread
		case p.Fatal:
			effect = source.Fatal
		}
		text := p.Text
		if err := s.kubelet.sources.failed[p.Pos.Path]; err != nil && p.Code == kubeletcfg.CodeUnreadable {
			text = errors.Unwrap(err).Error()
			if missing(err) {
				text = "the file does not exist"
			}
		}
		at := source.Position{Path: p.Pos.Path, Line: p.Pos.Line, Column: p.Pos.Column, Arg: p.Pos.Arg}
		out = append(out, source.Problem{Code: p.Code, Effect: effect, At: at, Message: text, Hint: p.Hint})
	}
	for _, name := range s.kubelet.skipped {
		out = append(out, source.Problem{
			Code: "drop-in-not-read", Effect: source.Ignored, At: source.Position{Path: name},
			Message: "the kubelet reads only files that end in .conf there, not this one",
		})
	}
	return out
}
