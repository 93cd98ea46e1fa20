package kubeletcfg

import (
	"slices"

	"github.com/plegctl/plegctl/verify/source"
)

// Gate returns the effective value of a feature gate and what it overrides. The last of
// --config file, drop-ins and --feature-gates wins, gate by gate; AllAlpha and AllBeta
// count only for gates that no source sets (component-base featureGate.SetFromMap).
//
// The value is not known where a source could not be read, where the kubelet would not
// start, and where it depends on a version that is not known.
func (c *Config) Gate(name string) source.Setting[bool] {
	s := c.gateIn(name, c.everything())
	if p, fatal := source.FirstFatal(c.problems); fatal {
		return unknown(s, p)
	}
	certain := s.At.Kind == source.Flag && s.Key == "" && !c.laterFlags()
	if unread := source.WithEffect(c.problems, source.Unread); len(unread) > 0 && !certain {
		return unknown(s, unread[0])
	}
	if !s.Known {
		s.Reason, s.Hint = "it depends on the kubelet's version, which is not known", "set it with --kubelet-version"
		if !c.in.Version.IsZero() {
			s.Reason, s.Hint = "the feature gates of kubelet "+c.in.Version.String()+" are not known", ""
		}
	}
	return s
}

// laterFlags reports whether the command line may have further --feature-gates than those
// that are known: they would override these.
func (c *Config) laterFlags() bool {
	return c.flags.Limit != nil || slices.ContainsFunc(c.flags.all("feature-gates"), func(f Flag) bool { return f.Unknown != "" })
}

// unknown returns a setting as not known because of a problem.
func unknown[T any](s source.Setting[T], p source.Problem) source.Setting[T] {
	s.Known, s.Reason, s.Hint = false, p.Message, p.Hint
	if at := p.At.String(); at != "default" {
		s.Reason = at + ": " + p.Message
	}
	return s
}

// gateIn resolves a gate over a part of the sources. Known is false only where the gate
// table has no answer.
func (c *Config) gateIn(name string, in scope) source.Setting[bool] {
	spec := c.table.spec(name)
	winner, all := c.assignments(name, in)
	s := source.Setting[bool]{Known: true, Overridden: all}
	for _, group := range []struct {
		gate    string
		reaches bool
	}{{"AllAlpha", spec.alpha}, {"AllBeta", spec.beta}} {
		if !group.reaches || name == group.gate {
			continue
		}
		// A group in the flags has set its gates one by one before a file is looked at.
		groupWinner, groupAll := c.assignments(group.gate, scope{files: in.files})
		for i := range groupAll {
			groupAll[i].Key = group.gate
		}
		if winner == nil && groupWinner != nil {
			w := *groupWinner
			w.Key = group.gate
			winner = &w
			// Whether the group reaches the gate depends on the version.
			s.Known = spec.known && (!c.in.Version.IsZero() || w.Value == spec.on)
		}
		s.Overridden = append(s.Overridden, groupAll...)
	}
	if winner == nil {
		s.Value, s.Known = spec.on, spec.known
		return s
	}
	s.Assignment = *winner
	if i := slices.Index(s.Overridden, *winner); i >= 0 {
		s.Overridden = slices.Delete(s.Overridden, i, i+1)
	}
	return s
}
