package node

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// runtimeConfig reads what the runtime's files, environment and flags say.
func (s *sight) runtimeConfig() {
	r := &s.facts.Runtime
	switch {
	case r.Name.Seen && r.Name.Value == known.CRIO:
		s.crioConfig()
	case r.Name.Seen && r.Name.Value == known.Containerd:
		s.containerdConfig()
	default:
		why, hint := "the runtime is not known, so neither are its files", r.Name.Hint
		r.Files = verify.Unseen[[]source.File](why, hint)
		r.Events = source.Unknown[bool](why, hint)
		r.CRIDisabled = source.Unknown[bool](why, hint)
	}
}

func (s *sight) crioConfig() {
	r := &s.facts.Runtime
	args, env := s.runtimeCommand()
	config, _, dir := runtimecfg.CRIOPaths(args, env)
	in := runtimecfg.CRIOInputs{Version: r.Version.Value, Env: env, Args: args}
	reading := s.newReading()
	if config != "" {
		if src, ok := reading.source(config); ok {
			in.Config = &src
		}
		reading.touch(path.Dir(config))
	}
	if dir != "" {
		r.DropInDir = verify.Seen(dir, "CRI-O")
		names, err := s.below(dir, hostfs.WalkOptions{})
		if err != nil && !missing(err) {
			in.DropIns = append(in.DropIns, source.File{Path: dir, Err: err})
		}
		for _, name := range names {
			if src, ok := reading.source(name); ok {
				in.DropIns = append(in.DropIns, src)
			}
			reading.touch(path.Dir(name))
		}
		reading.touch(dir)
	}
	reading.touch("/etc/sysconfig/crio")
	effective := runtimecfg.EffectiveCRIO(in)
	r.Files = verify.Seen(reading.inOrder(effective.Order), "files of CRI-O")
	r.Changed = reading.changed()
	r.Problems = effective.Problems
	r.Events = effective.PodEvents
}

func (s *sight) containerdConfig() {
	r := &s.facts.Runtime
	args, _ := s.runtimeCommand()
	config, _ := runtimecfg.ContainerdPath(args)
	if strings.Contains(r.Endpoint.Value, "/k3s/") {
		config = "/var/lib/rancher/k3s/agent/etc/containerd/config.toml"
	}
	in := runtimecfg.ContainerdInputs{Version: r.Version.Value, Args: args}
	reading := s.newReading()
	if src, ok := reading.source(config); ok {
		in.Root = &src
	}
	found := runtimecfg.LookupFS(rootFS{s.host.Root})
	in.Lookup = func(pattern string) ([]source.File, error) {
		sources, err := found(pattern)
		for _, src := range sources {
			reading.note(src)
		}
		return sources, err
	}
	effective := runtimecfg.EffectiveContainerd(in)
	reading.touch(path.Dir(config))
	r.Files = verify.Seen(reading.inOrder(effective.Order), "files of containerd")
	r.Changed = reading.changed()
	r.Problems = effective.Problems
	r.Events = effective.PodEvents
	cri := effective.CRI
	cri.Value = !cri.Value
	r.CRIDisabled = cri
}

// runtimeCommand is the command line (without the program) and the environment of the
// running process, else of the unit.
func (s *sight) runtimeCommand() (args, env []source.Assignment[string]) {
	p := s.runtimeProcess
	if len(p.Args) == 0 {
		return s.runtimeUnitCommand()
	}
	owner := fmt.Sprintf("process %d", p.PID)
	for _, variable := range p.Env {
		if name, value, ok := strings.Cut(variable, "="); ok {
			at := source.Position{Kind: source.Environment, Name: name, Owner: owner}
			env = append(env, source.Assignment[string]{Key: name, Value: value, At: at})
		}
	}
	return arguments(owner, p.Args[1:]), env
}

// arguments are words of a command line that no file is known for.
func arguments(owner string, words []string) []source.Assignment[string] {
	var args []source.Assignment[string]
	for i, word := range words {
		args = append(args, source.Assignment[string]{Value: word, At: source.Position{Kind: source.Flag, Owner: owner, Arg: i + 1}})
	}
	return args
}

// runtimeUnitCommand is what the files of the runtime's unit say, where nothing runs.
func (s *sight) runtimeUnitCommand() (args, env []source.Assignment[string]) {
	names := append([]string{s.options.RuntimeUnit}, unitNames(s.facts.Runtime.Name.Value, s.facts.Runtime.Endpoint.Value)...)
	for _, name := range names {
		if name == "" {
			continue
		}
		files := s.texts(s.unitFiles(name))
		if len(files) == 0 {
			continue
		}
		unit := kubeletcfg.ParseUnit(files...)
		environment, _ := s.environmentFiles(unit)
		for _, v := range unit.EnvironmentOf(environment) {
			at := source.Position{Kind: source.Environment, Name: v.Name, Path: v.Place.Path, Line: v.Place.Line, Column: v.Place.Column}
			env = append(env, source.Assignment[string]{Key: v.Name, Value: v.Value, At: at})
		}
		command, _ := unit.CommandLine(environment)
		return arguments(name, texts(command)[1:]), env
	}
	return nil, nil
}

// reading collects the files that an effective configuration was made from.
type reading struct {
	sight *sight
	files map[string]source.File
	last  time.Time
}

func (s *sight) newReading() *reading {
	return &reading{sight: s, files: map[string]source.File{}}
}

// source reads a file; false means that it is not there.
func (r *reading) source(name string) (source.File, bool) {
	file := r.sight.read(name)
	if file.Missing() {
		return source.File{}, false
	}
	r.files[name] = file
	r.last = newest(r.last, file.Changed)
	return file, true
}

func (r *reading) note(src source.File) {
	src.Changed = r.sight.changed(src.Path)
	r.files[src.Path] = src
	r.touch(src.Path)
}

// touch counts a change of something that is no file of the configuration itself.
func (r *reading) touch(name string) { r.last = newest(r.last, r.sight.changed(name)) }

func (r *reading) changed() verify.Fact[time.Time] {
	if r.last.IsZero() {
		return verify.Unseen[time.Time]("no file of it is there", "")
	}
	return verify.Seen(r.last, "change times of files and folders")
}

func (r *reading) inOrder(order []string) []source.File {
	files := make([]source.File, 0, len(order))
	for _, name := range order {
		files = append(files, r.files[name])
	}
	return files
}
