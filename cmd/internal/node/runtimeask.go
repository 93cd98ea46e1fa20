package node

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
)

// askProgram asks the runtime's own program for its configuration: whether it accepts its
// files as they are, and whether the build has a setting that upstream releases do not have.
// A quick look asks only for the latter, where some file mentions it.
func (s *sight) askProgram(ctx context.Context, in *runtimecfg.Inputs) (knowsKey verify.Fact[bool], refusal verify.Fact[string]) {
	name := s.facts.Runtime.Name.Value
	info, _ := known.RuntimeInfoOf(name)
	setting, _ := info.Switch(in.Version)
	switch mentioned := setting.Patched && len(runtimecfg.Mentions(name, *in)) > 0; {
	case s.host.Offline:
		if setting.Patched {
			knowsKey = offline[bool]()
		}
		return knowsKey, offline[string]()
	case s.options.Quick && !mentioned:
		return verify.Unseen[bool]("no file mentions the key", ""), verify.Unseen[string]("a quick look does not ask for it", "")
	}
	dump, refusal := AskRuntime(ctx, s.host, name, *in, nil)
	if !setting.Patched {
		return knowsKey, refusal
	}
	switch why := refusal.Why + refusal.Value; {
	case dump == nil:
		return verify.Unseen[bool](why, refusal.Hint), refusal
	default:
		if err := in.ReadDump(name, dump); err != nil {
			return unseen[bool](err), refusal
		}
	}
	return verify.Seen(in.KnowsPodEvents, refusal.From), refusal
}

// AskRuntime asks the runtime's own program, by the path that its unit starts, whether it
// accepts the files of in. Where edited names some of them, the program gets copies of all
// in a private directory, and nothing on the node changes. The fact is the reason in the
// program's words, "" where it accepts them; the dump is the configuration then.
func AskRuntime(ctx context.Context, h *Host, name known.RuntimeName, in runtimecfg.Inputs, edited []string) (dump []byte, refusal verify.Fact[string]) {
	info, _ := known.RuntimeInfoOf(name)
	program := in.Command.Program
	if path.Base(program) != info.Program || !path.IsAbs(program) || in.Command.Contained {
		return nil, verify.Unseen[string]("it is not known which program the unit of "+info.Title+" starts", "")
	}
	args := runtimecfg.Question(name, in, "")
	asked := program + " " + strings.Join(args, " ")
	var err error
	if len(edited) == 0 {
		dump, err = h.Programs.Output(ctx, program, args...)
	} else {
		files := map[string][]byte{}
		for _, f := range in.Files {
			if f.Err != nil {
				return nil, verify.Unseen[string](f.Path+" cannot be read: "+f.Err.Error(), "run as root")
			}
			files[f.Path] = f.Data
		}
		for _, name := range edited {
			if !runtimecfg.Reaches(info.Name, in, name) {
				return nil, verify.Unseen[string](info.Title+" imports "+name+" and cannot be asked about a copy of it", "")
			}
		}
		dump, err = h.Programs.Staged(ctx, program, files, func(dir string) []string { return runtimecfg.Question(name, in, dir) })
	}
	var refused *procfs.RefusedError
	switch {
	case err == nil:
		return dump, verify.Seen("", asked)
	case errors.As(err, &refused) && refused.Words != "" && !misunderstood(refused.Words):
		return nil, verify.Seen(refused.Words, asked)
	}
	return nil, unseen[string](err)
}

// misunderstood reports whether a program does not know the question: those are the words of
// github.com/urfave/cli.
func misunderstood(words string) bool {
	return strings.Contains(words, "flag provided but not defined") || strings.Contains(words, "No help topic for")
}
