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
		k.DropIns = verify.Seen([]verify.File(nil), "no --config-dir")
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
func (s *sight) kubeletFile(name string) verify.File {
	file, err := s.read(name)
	if err != nil {
		s.kubelet.sources.failed[name] = err
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
		s.facts.Kubelet.DropIns = unseen[[]verify.File](err)
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
	files := []verify.File{}
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
		for _, fact := range []*verify.Fact[bool]{&k.Gate.Fact, &k.DemandRelist.Fact, &k.ConfigDirEnv} {
			*fact = verify.Unseen[bool](src.why, src.hint)
		}
		k.Config = verify.Unseen[verify.File](src.why, src.hint)
		k.ConfigDir = verify.Unseen[string](src.why, src.hint)
		k.StaticPodPath.Fact = verify.Unseen[string](src.why, src.hint)
		return
	}
	src.inputs.Version = k.Version.Value
	c := kubeletcfg.Read(src.inputs)
	problems := append(slices.Clone(src.unitProblems), c.Problems()...)
	k.Problems = s.kubeletProblems(problems)
	k.Gate = s.gateSetting(c, known.Gate, problems)
	k.DemandRelist = s.gateSetting(c, "PLEGOnDemandRelist", problems)
	settings := c.Settings()
	k.Port, k.ReadOnlyPort, k.HealthzPort = scalar(settings.Port), scalar(settings.ReadOnlyPort), scalar(settings.HealthzPort)
	k.Verbosity, k.LogFormat = scalar(settings.Verbosity), scalar(settings.LoggingFormat)
	k.RuntimeEndpoint, k.StaticPodPath = scalar(settings.ContainerRuntimeEndpoint), scalar(settings.StaticPodPath)
	if p := &k.StaticPodPath; p.Value != "" && !path.IsAbs(p.Value) {
		p.Value = path.Join(path.Dir(k.Config.Value.Path), p.Value)
	}
}

// gateSetting is one gate with all places that speak of it.
func (s *sight) gateSetting(c *kubeletcfg.Config, name string, problems []kubeletcfg.Problem) verify.Setting[bool] {
	g := c.Gate(name)
	out := verify.Setting[bool]{Explicit: g.Winner.Source != kubeletcfg.SourceDefault}
	for _, setter := range slices.Backward(g.Overruled) {
		out.Layers = append(out.Layers, s.gateLayer(setter, false))
	}
	from := "default"
	if out.Explicit {
		won := s.gateLayer(g.Winner, true)
		out.Layers = append(out.Layers, won)
		from = won.Where
	}
	out.Fact = verify.Seen(g.On, from)
	if g.Known {
		return out
	}
	if why, hint := s.unknown(problems); why != "" {
		out.Fact = verify.Unseen[bool](why, hint)
		return out
	}
	for _, group := range []string{"AllAlpha", "AllBeta"} {
		if c.Gate(group).On {
			out.Fact = verify.Unseen[bool](group+" is on, and whether it reaches "+name+" depends on the kubelet's version, which is not known", "give it with --kubelet-version")
			return out
		}
	}
	// The default is the same in every version that knows the gate: off, and on for
	// PLEGOnDemandRelist.
	if !out.Explicit {
		out.Fact = verify.Seen(name != known.Gate, from)
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

func (s *sight) gateLayer(setter kubeletcfg.Setter, wins bool) verify.Layer {
	value := fmt.Sprint(setter.On)
	if setter.Removes {
		value = "null"
	}
	if setter.Gate != known.Gate && setter.Gate != "PLEGOnDemandRelist" {
		value = setter.Gate + "=" + value
	}
	return verify.Layer{Where: s.where(setter.Source, setter.Pos), Path: setter.Pos.Path, Line: setter.Pos.Line, Value: value, Wins: wins}
}

// where names a place for people.
func (s *sight) where(source kubeletcfg.Source, pos kubeletcfg.Place) string {
	switch {
	case source == kubeletcfg.SourceFlag && pos.Path == "":
		return fmt.Sprintf("the command line of process %d (argument %d)", s.kubelet.process.PID, pos.Arg)
	case source == kubeletcfg.SourceFlag:
		text := "the command line, " + pos.String()
		if pos.Through != "" {
			text += " through " + pos.Through
		}
		return text
	case pos.Line > 0:
		return fmt.Sprintf("%s:%d", pos.Path, pos.Line)
	}
	return pos.String()
}

func scalar[T any](from kubeletcfg.Setting[T]) verify.Setting[T] {
	out := verify.Setting[T]{Explicit: from.Source != kubeletcfg.SourceDefault}
	if !from.Known {
		out.Fact = verify.Unseen[T]("the kubelet's configuration does not tell it", "")
		return out
	}
	where := "default"
	if out.Explicit {
		where = from.Pos.String()
	}
	out.Fact = verify.Seen(from.Value, where)
	return out
}

func (s *sight) kubeletProblems(all []kubeletcfg.Problem) []verify.Problem {
	var out []verify.Problem
	for _, p := range all {
		kind := "suspect"
		switch {
		case p.Code == kubeletcfg.CodeUnreadable && !missing(s.kubelet.sources.failed[p.Pos.Path]):
			kind = "unread"
		case p.Fatal:
			kind = "parse"
		case p.Code == kubeletcfg.CodeDropInFolderLink:
			kind = "config-dir"
		}
		text := p.Text
		if err := s.kubelet.sources.failed[p.Pos.Path]; err != nil && p.Code == kubeletcfg.CodeUnreadable {
			text = errors.Unwrap(err).Error()
			if missing(err) {
				text = "the file is not there"
			}
		}
		out = append(out, verify.Problem{
			Where: p.Pos.String(), Path: p.Pos.Path, Line: p.Pos.Line, Text: text, Fatal: p.Fatal, Kind: kind, Hint: p.Hint,
		})
	}
	for _, name := range s.kubelet.skipped {
		out = append(out, verify.Problem{Where: name, Path: name, Text: "the kubelet reads only files that end in .conf there, not this one", Kind: "ignored"})
	}
	return out
}
