package node

import (
	"fmt"
	"path"
	"slices"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/source"
)

// commandLine is what the kubelet starts with next time. The arguments of the running
// process are surest; the unit's files tell in which line each flag stands, and decide
// where they were changed after the process started.
func (s *sight) commandLine() {
	k, src := &s.facts.Kubelet, &s.kubelet.sources
	running := kubeletcfg.ParseCommandLine(fmt.Sprintf("process %d", s.kubelet.process.PID), s.kubelet.process.Args)
	env := slices.ContainsFunc(s.kubelet.process.Env, isDropInVariable)
	files := s.unitTexts()
	unit := kubeletcfg.ParseUnit(files...)
	environment, environmentFiles := s.environmentFiles(unit)
	planned, problems := unit.CommandLine(environment)
	usable := len(planned.Flags) > 0 && !planned.Shell
	switch {
	case len(running.Flags) > 0 && usable && sameFlags(running, planned):
		src.inputs.Flags, src.unitProblems = planned, shared(problems)
		k.Args = verify.Seen(s.kubelet.process.Args, k.Process.From)
	case len(running.Flags) > 0 && usable && s.unitChangedLater(files, environmentFiles):
		// The next start takes what the files say now.
		src.inputs.Flags, src.unitProblems = planned, shared(problems)
		k.Args = verify.Seen(texts(planned), k.Unit.Value.Name)
	case len(running.Flags) > 0:
		src.inputs.Flags = running
		k.Args = verify.Seen(s.kubelet.process.Args, k.Process.From)
	case usable:
		src.inputs.Flags, src.unitProblems = planned, shared(problems)
		k.Args = verify.Seen(texts(planned), "the unit's files")
		env = slices.ContainsFunc(unit.EnvironmentOf(environment), func(v kubeletcfg.Variable) bool { return isDropInVariable(v.Name + "=") })
	case s.host.Offline && s.exists(defaultConfigFile):
		src.inputs.Flags = kubeletcfg.ParseCommandLine("default", []string{"kubelet", "--config=" + defaultConfigFile})
		k.Args = verify.Unseen[[]string]("no unit of the kubelet is there", "")
	default:
		src.why, src.hint = "no kubelet runs, and no unit "+s.unitName()+" tells its command line", "name the unit with --kubelet-unit"
		k.Args = verify.Unseen[[]string](src.why, src.hint)
		return
	}
	src.inputs.DropInVariable = env
	k.ConfigDirEnv = verify.Seen(env, k.Args.From)
}

func shared(problems []kubeletcfg.Problem) []source.Problem {
	var out []source.Problem
	for _, p := range problems {
		out = append(out, p.Source())
	}
	return out
}

func isDropInVariable(variable string) bool {
	const name = "KUBELET_CONFIG_DROPIN_DIR_ALPHA="
	return len(variable) >= len(name) && variable[:len(name)] == name
}

func (s *sight) unitName() string {
	if s.options.KubeletUnit != "" {
		return s.options.KubeletUnit
	}
	return "kubelet.service"
}

func sameFlags(a, b kubeletcfg.CommandLine) bool {
	return slices.EqualFunc(a.Flags, b.Flags, func(x, y kubeletcfg.Flag) bool {
		return x.Name == y.Name && x.Value == y.Value && x.HasValue == y.HasValue
	})
}

func texts(c kubeletcfg.CommandLine) []string {
	args := []string{c.Program}
	for _, f := range c.Flags {
		arg := "--" + f.Name
		if f.HasValue {
			arg += "=" + f.Value
		}
		args = append(args, arg)
	}
	return args
}

// unitTexts are the unit file and its unit drop-ins, as systemd names them; in an image,
// as systemd would look for them (systemd.unit(5), "Unit File Load Path").
func (s *sight) unitTexts() []kubeletcfg.TextFile {
	unit := s.facts.Kubelet.Unit
	names := append([]string{unit.Value.FragmentPath}, unit.Value.DropInPaths...)
	if s.host.Offline {
		names = s.unitFiles(s.unitName())
	}
	return s.texts(names)
}

// texts reads those of the files that are there.
func (s *sight) texts(names []string) []kubeletcfg.TextFile {
	var files []kubeletcfg.TextFile
	for _, name := range names {
		if data, err := s.host.Root.ReadFile(name); name != "" && err == nil {
			files = append(files, kubeletcfg.TextFile{Path: name, Data: data})
		}
	}
	return files
}

func (s *sight) unitFiles(unit string) []string {
	folders := []string{"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"}
	var fragment string
	dropIns := map[string]string{}
	for _, folder := range folders {
		if name := path.Join(folder, unit); fragment == "" && s.exists(name) {
			fragment = name
		}
		entries, err := s.host.Root.ReadDir(path.Join(folder, unit+".d"))
		if err != nil {
			continue
		}
		for _, entry := range entries {
			if _, shadowed := dropIns[entry.Name()]; !shadowed && path.Ext(entry.Name()) == ".conf" {
				dropIns[entry.Name()] = path.Join(folder, unit+".d", entry.Name())
			}
		}
	}
	names := make([]string, 0, len(dropIns))
	for name := range dropIns {
		names = append(names, name)
	}
	slices.Sort(names)
	all := []string{fragment}
	for _, name := range names {
		all = append(all, dropIns[name])
	}
	return all
}

// environmentFiles reads the files that a unit takes variables from.
func (s *sight) environmentFiles(unit kubeletcfg.Unit) (map[string][]kubeletcfg.TextFile, []kubeletcfg.TextFile) {
	read := map[string][]kubeletcfg.TextFile{}
	var all []kubeletcfg.TextFile
	for _, file := range unit.EnvironmentFiles() {
		// A pattern is rare here, and a file that cannot be read is told by its absence.
		if data, err := s.host.Root.ReadFile(file.Path); err == nil {
			text := kubeletcfg.TextFile{Path: file.Path, Data: data}
			read[file.Path] = append(read[file.Path], text)
			all = append(all, text)
		}
	}
	return read, all
}

// unitChangedLater tells that one of the unit's own files was changed after the process
// started; that counts as a change of the configuration.
func (s *sight) unitChangedLater(files ...[]kubeletcfg.TextFile) bool {
	later := false
	for _, file := range slices.Concat(files...) {
		at := s.changed(file.Path)
		if after, certain := s.facts.Kubelet.Process.Value.StartedAfter(at); !after && certain {
			later = true
			s.kubeletChanged(at)
		}
	}
	return later
}
