package node

import (
	"path"
	"slices"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
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
	cmd := s.runtimeCommand()
	args, env := words(cmd)
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
	for _, f := range cmd.Files {
		reading.touch(f.Path)
	}
	effective := runtimecfg.EffectiveCRIO(in)
	r.Files = verify.Seen(reading.inOrder(effective.Order), "files of CRI-O")
	r.Changed = reading.changed()
	r.Problems = append(slices.Clone(cmd.Problems), effective.Problems...)
	r.Events = limited(cmd, effective.PodEvents)
}

// limited makes a setting unknown where it is not known how the runtime is started.
func limited(cmd start.Command, s source.Setting[bool]) source.Setting[bool] {
	if cmd.Limit == nil || !cmd.Exists() {
		return s
	}
	return source.Unknown[bool](cmd.Limit.Reason, cmd.Limit.Hint)
}

func (s *sight) containerdConfig() {
	r := &s.facts.Runtime
	cmd := s.runtimeCommand()
	args, _ := words(cmd)
	config, _ := runtimecfg.ContainerdPath(args)
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
	r.Problems = append(slices.Clone(cmd.Problems), effective.Problems...)
	r.Events = limited(cmd, effective.PodEvents)
	cri := effective.CRI
	cri.Value = !cri.Value
	r.CRIDisabled = limited(cmd, cri)
}

// runtimeCommand returns the command of the running process, else of the unit.
func (s *sight) runtimeCommand() start.Command {
	program := runtimeProgram(s.facts.Runtime.Name.Value)
	planned := s.plannedRuntime()
	running := s.running(s.runtimeProcess, program)
	if running.Known() && !(planned.Known() && (running.Platform != "" || sameFlags(running, planned))) {
		return running
	}
	return planned
}

func runtimeProgram(name known.RuntimeName) string {
	if name == known.CRIO {
		return "crio"
	}
	return "containerd"
}

// plannedRuntime returns how the runtime's unit starts it: the first of its units that exists.
func (s *sight) plannedRuntime() start.Command {
	r := &s.facts.Runtime
	var first start.Command
	for i, name := range s.runtimeUnits() {
		loaded := systemd.Unit{}
		if name == r.Unit.Value.Name {
			loaded = s.runtimeUnitSeen
		}
		cmd := s.resolve(start.Request{Programs: []string{runtimeProgram(r.Name.Value)}, Unit: name}, loaded)
		if cmd.Exists() {
			return cmd
		}
		if i == 0 {
			first = cmd
		}
	}
	return first
}

// words are the arguments and the environment as runtimecfg takes them.
func words(cmd start.Command) (args, env []source.Assignment[string]) {
	for i, word := range cmd.Args {
		if i > 0 {
			args = append(args, source.Assignment[string]{Value: word.Text, At: word.At})
		}
	}
	for _, v := range cmd.Env {
		env = append(env, source.Assignment[string]{Key: v.Name, Value: v.Value, At: v.At})
	}
	return args, env
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
