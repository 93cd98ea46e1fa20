package node

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// runtimeUnit finds the unit of the runtime and its process.
func (s *sight) runtimeUnit(ctx context.Context) {
	r := &s.facts.Runtime
	program := runtimeProgram(r.Name.Value)
	names := s.runtimeUnits()
	if len(names) == 0 {
		r.Unit = verify.Unseen[verify.Unit](s.noUnit())
		return
	}
	for _, name := range names {
		fact, unit := s.unit(ctx, name)
		r.Unit, s.runtimeUnitSeen = fact, unit
		r.Process, s.runtimeProcess = s.process(unit, program)
		if fact.Seen && fact.Value.Load != "not-found" {
			return
		}
	}
}

// noUnit says why no unit of the runtime is known, and what to do.
func (s *sight) noUnit() (why, hint string) {
	why = "the runtime is not known, so neither is its unit"
	if r := s.facts.Runtime; r.Name.Seen {
		why = "no unit of " + string(r.Name.Value) + " is known that serves " + r.Endpoint.Value
	}
	return why, "name it with --runtime-unit"
}

// runtimeUnits are the names that the runtime's unit may have.
func (s *sight) runtimeUnits() []string {
	if name := s.options.RuntimeUnit; name != "" {
		return []string{name}
	}
	r := &s.facts.Runtime
	info, ok := known.RuntimeInfoOf(r.Name.Value)
	if !ok {
		info, _ = known.RuntimeOfEndpoint(r.Endpoint.Value)
	}
	units := info.Units(r.Endpoint.Value)
	if _, usual := info.InstallAt(r.Endpoint.Value); usual || !r.Endpoint.Seen {
		return units
	}
	return slices.DeleteFunc(units, func(unit string) bool { return !s.namesSocket(info, unit) })
}

// namesSocket reports whether a unit's command, or a file that its runtime reads, names the
// kubelet's endpoint. Where the socket is not a usual one, a unit without it serves another:
// Docker's containerd beside a containerd for Kubernetes.
func (s *sight) namesSocket(info known.RuntimeInfo, unit string) bool {
	socket := known.SocketPath(s.facts.Runtime.Endpoint.Value)
	cmd := s.resolve(start.Request{Programs: []string{info.Program}, Unit: unit}, systemd.Unit{})
	in := runtimecfg.ReadFS(rootFS{s.host.Root}, info.Name, runtimecfg.Inputs{Command: cmd})
	return slices.ContainsFunc(cmd.Texts(), func(text string) bool { return strings.Contains(text, socket) }) ||
		slices.ContainsFunc(cmd.Env, func(v start.Variable) bool { return strings.Contains(v.Value, socket) }) ||
		slices.ContainsFunc(in.Files, func(f source.File) bool { return bytes.Contains(f.Data, []byte(socket)) })
}
