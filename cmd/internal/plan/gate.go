package plan

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// way is one manner to reach a wanted value: a function that gives the steps on files.
type way struct {
	name string
	make func() ([]Step, error)
}

// gate plans what makes the effective feature gate on or off.
func (m *maker) gate(on bool) {
	gate := m.facts.Kubelet.Gate
	if !gate.Known {
		m.refuse(Refusal{Code: "PLEG-KUBELET-CONFIG", Text: "the kubelet's effective feature gates could not be read: " + gate.Reason, Do: gate.Hint, Unknown: true})
		return
	}
	if gate.Value == on {
		return
	}
	if gate.At.Kind == source.Flag {
		m.refuse(Refusal{
			Code: "PLEG-KUBELET-SHADOWED", Where: gate.At.String(),
			Text: "EventedPLEG=" + gate.Text() + " is given on the kubelet's command line, which overrides every file",
			Do:   "take EventedPLEG out of --feature-gates there, then run this again",
		})
		return
	}
	ways := m.waysOn()
	if !on {
		ways = m.waysOff()
	}
	m.first("PLEG-KUBELET-CONFIG", ways, func(steps []Step) (bool, error) {
		value, err := m.gateAfter(steps)
		return err == nil && value == on, err
	})
}

// first takes the first way that leads to the wanted value.
func (m *maker) first(code string, ways []way, leads func([]Step) (bool, error)) {
	var failed []string
	hint := "see `plegctl status` for where the value comes from; --method edit changes the file that holds it"
	if m.facts.Kubelet.Join.Seen {
		hint = "see `plegctl status` for where the value comes from, and take it out there"
	}
	for _, w := range ways {
		steps, err := w.make()
		if err == nil {
			var ok bool
			if ok, err = leads(steps); ok {
				m.files = append(m.files, steps...)
				return
			}
		}
		why := "it would be overridden"
		if err != nil {
			why = err.Error()
		}
		var refused *source.EditError
		if errors.As(err, &refused) && refused.Hint != "" {
			hint = refused.Hint
		}
		failed = append(failed, w.name+": "+why)
	}
	text := "there is no way to set it with --method " + string(m.options.Method)
	if len(failed) > 0 {
		text += " (" + strings.Join(failed, "; ") + ")"
	}
	m.refuse(Refusal{Code: code, Text: text, Do: hint})
}

func (m *maker) waysOn() []way {
	var ways []way
	if m.options.Method != MethodEdit && m.inputs().DropIns != nil {
		own := m.ownDropInPath()
		what := "kubelet config drop-in "
		if m.facts.Kubelet.Join.Value != "" {
			what = "patch for kubeadm join "
		}
		ways = append(ways, way{what + own, func() ([]Step, error) { return m.ownKubeletDropIn(own) }})
	}
	if m.options.Method != MethodDropIn && !m.facts.Kubelet.Join.Seen {
		ways = append(ways, m.editWays(true)...)
	}
	return ways
}

func (m *maker) ownKubeletDropIn(own string) ([]Step, error) {
	text := gateEditor().DropIn(known.Gate, true)
	for _, now := range m.inputs().DropIns.Files {
		if now.Path == own {
			return []Step{WriteFile{Path: own, Before: now.Data, After: text, Role: KubeletConfig}}, nil
		}
	}
	return append(m.options.directories(path.Dir(own)), CreateFile{Path: own, Data: text, Mode: 0o644, Role: KubeletConfig}), nil
}

// editWays are edits of the file that decides now, then of the main file.
func (m *maker) editWays(on bool) []way {
	var ways []way
	if m.facts.Kubelet.Join.Seen { // there is no file to edit yet, and patches of others are theirs
		return nil
	}
	files := m.inputs().Files()
	edit := func(f source.File) way {
		return way{"edit of " + f.Path, func() ([]Step, error) {
			after, err := m.setGate(f, on)
			if err != nil {
				return nil, err
			}
			return []Step{WriteFile{Path: f.Path, Before: f.Data, After: after, Role: KubeletConfig}}, nil
		}}
	}
	gate := m.facts.Kubelet.Gate
	for _, f := range files {
		if gate.Explicit() && f.Path == gate.At.Path {
			ways = append(ways, edit(f))
		}
	}
	if len(files) > 0 && (!gate.Explicit() || files[0].Path != gate.At.Path) {
		ways = append(ways, edit(files[0]))
	}
	return ways
}

// waysOff go from the gentlest: our own drop-in away, our own edit reverted, the line that
// plegctl added removed from a file that others changed since, an edit.
func (m *maker) waysOff() []way {
	var removed []Step
	for _, f := range m.inputs().Files() {
		if isOwnKubeletDropIn(f.Path) {
			removed = append(removed, RemoveFile{Path: f.Path, Before: f.Data, Role: KubeletConfig})
		}
	}
	restored := slices.Clone(removed)
	for _, f := range m.inputs().Files() {
		if c, ok := m.options.recorded(f.Path, f.Data); ok && c.Before.Exists {
			restored = append(restored, WriteFile{Path: f.Path, Before: f.Data, After: c.Before.Data, Role: KubeletConfig})
		}
	}
	ways := []way{
		{"removal of our kubelet config drop-in", func() ([]Step, error) { return removed, nil }},
		{"revert of the recorded edit", func() ([]Step, error) { return restored, nil }},
	}
	ways = append(ways, m.removalWays()...)
	for _, w := range m.editWays(false) {
		ways = append(ways, w, way{w.name + " and removal of our drop-in", func() ([]Step, error) {
			steps, err := w.make()
			return append(slices.Clone(removed), steps...), err
		}})
	}
	return ways
}
