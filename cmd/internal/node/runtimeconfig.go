package node

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// runtimeConfig reads what the runtime's files, environment and flags set.
func (s *sight) runtimeConfig(ctx context.Context) {
	r := &s.facts.Runtime
	if !r.Name.Seen {
		why, hint := "the runtime is not known, so neither are its files", r.Name.Hint
		r.Files = verify.Unseen[[]source.File](why, hint)
		r.Events = source.Unknown[bool](why, hint)
		r.CRIDisabled = source.Unknown[bool](why, hint)
		return
	}
	name := r.Name.Value
	in := runtimecfg.Inputs{Version: r.Version.Value, Command: s.runtimeCommand()}
	if s.noCommand(in.Command) {
		return
	}
	in = runtimecfg.ReadFS(rootFS{s.host.Root}, name, in)
	r.KnowsKey, r.Refusal = s.askProgram(ctx, &in)
	effective := runtimecfg.Effective(name, in)
	if in.Programs = s.unusable(effective.Programs()); len(in.Programs) > 0 {
		effective = runtimecfg.Effective(name, in)
	}
	r.Inputs = in
	r.Mentions = runtimecfg.Mentions(name, in)
	r.Files = verify.Seen(effective.Files, "files of "+string(name))
	r.Changed = s.runtimeChanged(runtimecfg.PathsOf(name, in), in, effective)
	r.Problems = append(slices.Clone(in.Command.Problems), effective.Problems...)
	r.Events = effective.PodEvents
	r.CRIDisabled = effective.CRI
	r.CRIDisabled.Value = !effective.CRI.Value
}

// unusable are those of the programs that cannot be executed, and why. An image may be a part
// of a tree, so nothing is missing there.
func (s *sight) unusable(programs []string) map[string]error {
	found := map[string]error{}
	for _, name := range programs {
		meta, err := s.host.Root.Stat(name)
		switch {
		case s.host.Offline:
		case missing(err):
			found[name] = fs.ErrNotExist
		case err == nil && (!meta.IsRegular() || meta.Mode&0o111 == 0):
			found[name] = errors.New("not an executable file")
		}
	}
	return found
}

// noCommand reports whether it is not known how the runtime is started, so neither which
// files it reads. Where the usual unit does not exist, as in a part of a tree, the usual
// command is taken.
func (s *sight) noCommand(cmd start.Command) bool {
	r := &s.facts.Runtime
	if _, usual := packagedUnit(cmd.Unit); cmd.Limit == nil || usual && !cmd.Exists() {
		return false
	}
	why, hint := cmd.Limit.Reason, cmd.Limit.Hint
	r.Files = verify.Unseen[[]source.File](why, hint)
	r.Events, r.CRIDisabled = source.Unknown[bool](why, hint), source.Unknown[bool](why, hint)
	r.Problems = cmd.Problems
	return true
}

// runtimeChanged is when the newest of the runtime's files was changed last, or of the
// directories that hold them: a file that is gone changes only those.
func (s *sight) runtimeChanged(paths runtimecfg.Paths, in runtimecfg.Inputs, effective runtimecfg.Result) verify.Fact[time.Time] {
	last := s.changed(paths.DropInDir)
	for _, f := range slices.Concat(effective.Files, []source.File{{Path: paths.Config}}) {
		if f.Path != "" {
			last = newest(last, f.Changed, s.changed(path.Dir(f.Path)))
		}
	}
	for _, f := range in.Command.Files {
		last = newest(last, s.changed(f.Path))
	}
	if last.IsZero() {
		return verify.Unseen[time.Time]("none of its files exists", "")
	}
	return verify.Seen(last, "change times of files and directories")
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
	info, ok := known.RuntimeInfoOf(name)
	if !ok {
		return string(name)
	}
	return info.Program
}

// plannedRuntime returns how the runtime's unit starts it: the first of its units that exists.
func (s *sight) plannedRuntime() start.Command {
	r := &s.facts.Runtime
	names := s.runtimeUnits()
	if len(names) == 0 {
		why, hint := s.noUnit()
		return start.Command{Limit: &start.Limit{Reason: why, Hint: hint}}
	}
	var first start.Command
	for i, name := range names {
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
