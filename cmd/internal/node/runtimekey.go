package node

import (
	"context"
	"path"

	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
)

// askForKey asks the runtime's own program, by the path that its unit starts, whether the
// build has a setting that upstream releases do not have. A quick look asks only where some
// file mentions it.
func (s *sight) askForKey(ctx context.Context, in *runtimecfg.Inputs) verify.Fact[bool] {
	name := s.facts.Runtime.Name.Value
	info, _ := known.RuntimeInfoOf(name)
	setting, _ := info.Switch(in.Version)
	program := in.Command.Program
	switch {
	case !setting.Patched:
		return verify.Fact[bool]{}
	case s.host.Offline:
		return offline[bool]()
	case path.Base(program) != info.Program || !path.IsAbs(program) || in.Command.Contained:
		return verify.Unseen[bool]("it is not known which program the unit of "+info.Title+" starts", "")
	case s.options.Quick && len(runtimecfg.Mentions(name, *in)) == 0:
		return verify.Unseen[bool]("no file mentions the key", "")
	}
	args := []string{"config", "dump"}
	if paths := runtimecfg.PathsOf(name, *in); paths.ConfigAt.Kind.Overrides() {
		args = append([]string{"--config", paths.Config}, args...)
	}
	dump, err := s.host.Programs.Output(ctx, program, args...)
	if err == nil {
		err = in.ReadDump(name, dump)
	}
	if err != nil {
		return unseen[bool](err)
	}
	return verify.Seen(in.KnowsPodEvents, program+" config dump")
}
