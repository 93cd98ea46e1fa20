package runtimecfg

import (
	"errors"
	"path"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// Inputs is all that decides how a runtime is configured. [ReadFS] fills in Files.
type Inputs struct {
	// Version is the release; the zero Version is taken for the newest.
	Version known.Version
	// Command is how the daemon is started; the zero Command has no arguments.
	Command start.Command
	// Files are the files that the daemon may read, in any order; a directory that cannot
	// be listed is a File with its error. Files that it does not read have no effect, but
	// [Mentions] looks into them.
	Files []source.File
	// KnowsPodEvents reports whether the build has a setting for container events that
	// upstream releases do not have: its own configuration dump shows it ([ReadDump]).
	// Dumped is the value there: that of the files, else the build's default.
	KnowsPodEvents, Dumped bool
	// Programs are those of [Result.Programs] that cannot be executed, by path, and why not:
	// fs.ErrNotExist where the file does not exist.
	Programs map[string]error
}

// Paths are the files that a daemon reads.
type Paths struct {
	// Config is the configuration file, "" for none; ConfigAt is the flag or variable that
	// names it. A file that is named must exist.
	Config   string
	ConfigAt source.Position
	// DropInDir is the directory of which it reads every file, "" for none.
	DropInDir string
	// limits are why the two names cannot be known from files.
	configLimit, dropInLimit *start.Limit
}

func (p *Paths) config(v start.Word) {
	p.Config, p.ConfigAt, p.configLimit = v.Text, v.At, limitOf(v)
}

func (p *Paths) dropInDir(v start.Word) { p.DropInDir, p.dropInLimit = v.Text, limitOf(v) }

func limitOf(v start.Word) *start.Limit {
	if v.Unknown == "" {
		return nil
	}
	return &start.Limit{Reason: v.Unknown, At: v.At}
}

// Result is the effective configuration of a runtime, as far as Evented PLEG goes.
type Result struct {
	// PodEvents reports whether the runtime sends container events. A runtime that has no
	// setting for them sends them, or does not, by default.
	PodEvents source.Setting[bool]
	// CRI reports whether its CRI service is on.
	CRI source.Setting[bool]
	// configVersion is the version of the configuration's format; 0 where there is none.
	configVersion int
	// Files are the files that were read, in the order in which the daemon reads them.
	Files []source.File
	// Problems are in the order of reading.
	Problems []source.Problem
	// programs are the programs that the configuration names.
	programs []source.Assignment[string]
}

// rules are the rules by which one runtime reads its configuration: one file of this
// package each.
type rules interface {
	// paths are the files that the daemon reads.
	paths(in Inputs) Paths
	// effective applies files, environment and flags to the defaults in the result.
	effective(in Inputs, paths Paths, out *Result)
	// edit prepares the edit of one file's text.
	edit(version known.Version, src []byte) (editor, error)
}

func rulesOf(name known.RuntimeName) rules {
	switch name {
	case known.CRIO:
		return crio{}
	case known.Containerd:
		return containerd{}
	}
	return nil
}

// PathsOf returns the files that the runtime reads when it is started in this way.
func PathsOf(runtime known.RuntimeName, in Inputs) Paths {
	r := rulesOf(runtime)
	if r == nil {
		return Paths{}
	}
	p := r.paths(in)
	p.Config, p.DropInDir = absolute(in, p.Config), absolute(in, p.DropInDir)
	return p
}

func absolute(in Inputs, name string) string {
	if name == "" {
		return ""
	}
	if !path.IsAbs(name) {
		name = path.Join("/", in.Command.Directory, name)
	}
	return path.Clean(name)
}

// Effective returns what the runtime makes of its files, environment and flags. The
// settings of a runtime that is not in the table are not known.
func Effective(runtime known.RuntimeName, in Inputs) Result {
	info, _ := known.RuntimeInfoOf(runtime)
	r := rulesOf(runtime)
	if r == nil {
		why := "the configuration of the runtime " + info.Title + " is not known to this program"
		return Result{PodEvents: source.Unknown[bool](why, ""), CRI: source.Unknown[bool](why, "")}
	}
	out := Result{PodEvents: source.DefaultTo(false), CRI: source.DefaultTo(true)}
	paths := PathsOf(runtime, in)
	r.effective(in, paths, &out)
	for _, limit := range []*start.Limit{in.Command.Limit, paths.configLimit, paths.dropInLimit} {
		if limit == nil || !in.Command.Exists() {
			continue
		}
		out.PodEvents.Known = out.PodEvents.Known && !info.HasSwitch() && !in.KnowsPodEvents
		out.CRI.Known = false
		out.report(source.Problem{Code: codeCommandLimit, Effect: source.Unread, At: limit.At, Message: limit.Reason, Hint: limit.Hint})
	}
	explain(&out.PodEvents, out.Problems)
	explain(&out.CRI, out.Problems)
	return out
}

// unreadable is the problem of a file that this process may not read, or that no program can
// read: the daemon does not start with the latter.
func unreadable(code source.Code, kind source.Kind, f source.File, hint string) source.Problem {
	p := source.Problem{Code: code, Effect: source.Unread, At: source.At(kind, f.Path, 0, 0), Message: "cannot be read: " + f.Err.Error(), Hint: hint}
	if errors.Is(f.Err, source.ErrDirectory) {
		p.Effect, p.Hint = source.Fatal, "name a file"
	}
	return p
}

// refused reports whether the runtime would not start with this configuration.
func (r Result) refused() bool {
	_, fatal := source.FirstFatal(r.Problems)
	return fatal
}

func (r *Result) report(p source.Problem) { r.Problems = append(r.Problems, p) }

// explain makes a setting unknown when the daemon would not start, and says why it is not
// known: by the first problem that leaves it open.
func explain(s *source.Setting[bool], problems []source.Problem) {
	p, fatal := source.FirstFatal(problems)
	if s.Known = s.Known && !fatal; s.Known {
		return
	}
	for i := 0; !fatal && i < len(problems) && p.Code == ""; i++ {
		if problems[i].Effect == source.Unread || problems[i].Code == codeCRIORandom {
			p = problems[i]
		}
	}
	s.Reason, s.Hint = "what the runtime makes of its configuration is not known", p.Hint
	if p.Code != "" {
		s.Reason = p.At.String() + ": " + p.Message
	}
}
