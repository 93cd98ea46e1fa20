package change

import (
	"errors"
	"io/fs"
	"path"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify/known"
)

// units names what a plan restarts.
func (s *session) units() plan.Units {
	u := plan.Units{Offline: s.Host.Offline, Kubelet: s.Observe.KubeletUnit, Runtime: s.Observe.RuntimeUnit}
	if r := s.facts.Runtime; u.Runtime == "" && r.Unit.Seen {
		u.Runtime = r.Unit.Value.Name
	}
	if u.Runtime == "" && s.Host.Offline {
		u.Runtime = packagedUnit(s.facts.Runtime.Name.Value)
	}
	if unit := s.facts.Kubelet.Unit; unit.Seen {
		u.Kubelet = unit.Value.Name
	}
	if s.facts.Runtime.Endpoint.Seen {
		u.Endpoint = s.facts.Runtime.Endpoint.Value
		u.KeepsEvents = known.RuntimeAt(s.facts.Runtime.Name.Value, s.facts.Runtime.Version.Value).KeepsEvents
	}
	if port := s.facts.Kubelet.Settings.HealthzPort; port.Known {
		u.HealthzAddress, u.HealthzPort = s.facts.Kubelet.Settings.HealthzBindAddress.Value, port.Value
	}
	return u
}

// packagedUnit is the unit that the packages of a runtime bring. On an image nothing can be
// asked; on a running node a unit is never guessed.
func packagedUnit(runtime known.RuntimeName) string {
	info, _ := known.RuntimeInfoOf(runtime)
	if units := info.Units(""); len(units) > 0 {
		return units[0]
	}
	return ""
}

// options are what the operator asks for and what plegctl itself left on the node.
func (s *session) options(q Request, u plan.Units) (plan.Options, error) {
	o := plan.Options{
		Wishes: q.Wishes, Staged: q.NoRestart || s.Host.Offline, Locked: s.held != nil, Recorded: record.Files(record.Outstanding(s.past)...),
	}
	if q.Goal == plan.GoalDisable {
		o.Level, o.Strict = plan.LevelOff, true
	}
	if o.Method == "" {
		o.Method = plan.MethodAuto
	}
	o.Missing = map[string][]string{}
	r := s.facts.Runtime
	if dir := runtimecfg.PathsOf(r.Name.Value, r.Inputs).DropInDir; dir != "" {
		o.Missing[dir] = s.missing(dir)
	}
	if dir := s.facts.Kubelet.Join.Value; dir != "" {
		o.Missing[dir] = s.missing(dir)
	}
	if u.Runtime == "" {
		return o, nil
	}
	coupling := plan.CouplePath(u.Runtime)
	o.Missing[path.Dir(coupling)] = s.missing(path.Dir(coupling))
	data, err := s.Host.Root.ReadFile(coupling)
	if err == nil {
		o.Coupling = plan.FileState{Exists: true, Data: data}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return o, err
}

// missing are the directories that do not exist on the way to dir and dir itself, outermost
// first. What cannot be looked at fails when it is written to.
func (s *session) missing(dir string) []string {
	var missing []string
	for ; dir != "/"; dir = path.Dir(dir) {
		if exists, err := s.Host.Root.Exists(dir); err != nil || exists {
			break
		}
		missing = append([]string{dir}, missing...)
	}
	return missing
}
