package report

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// details is what `status -v` adds: the evidence, what could not be read, access methods.
func details(f verify.Facts, v verify.Verdict, s Style) string {
	var b strings.Builder
	b.WriteString("\nevidence\n" + ladder(v, verify.RungProven, s))
	b.WriteString("\nnode\n")
	b.WriteString(row("observed", stamp(f.At), f.Node.Platform.Value.Name))
	for _, one := range []struct {
		name string
		p    verify.Fact[verify.Process]
	}{{"kubelet", f.Kubelet.Process}, {"runtime", f.Runtime.Process}} {
		if one.p.Seen {
			b.WriteString(row(one.name, fmt.Sprintf("PID %d", one.p.Value.PID), "since "+stamp(one.p.Value.Start)))
		}
	}
	if f.Runtime.Endpoint.Seen {
		b.WriteString(row("endpoint", "", f.Runtime.Endpoint.Value))
	}
	for _, w := range f.Kubelet.AccessMethods {
		how := "used"
		if !w.OK {
			how = "no access"
		}
		b.WriteString(row("access", how, because(w.Endpoint+" by "+w.Name, w.Why)))
	}
	for _, gap := range v.Gaps {
		if v.State == verify.StateWorks || nothingFound(f) {
			b.WriteString(row("not read", "", because(gap.What, gap.Why)))
		}
	}
	if f.Own.Last == nil && f.Own.Problem == "" {
		b.WriteString(row("change", "none", "plegctl has changed nothing on this node"))
	}
	b.WriteString(mentions("the gate "+known.Gate, f.Kubelet.Mentions))
	b.WriteString(mentions("the events of the runtime", f.Runtime.Mentions))
	return b.String()
}

// ladder is one line for each rung up to a level.
func ladder(v verify.Verdict, level verify.Rung, s Style) string {
	var b strings.Builder
	for _, e := range v.Evidence {
		if e.Rung > level {
			break
		}
		mark, width := s.mark(e.Holds)
		found := e.Found
		if s.Verbose {
			found = sourced(e)
		}
		b.WriteString(block(fmt.Sprintf("  %s %-12s", mark, e.Rung), 3+width+12, 4+width+12, found))
	}
	return b.String()
}

// sourced is what was found, and where, as far as the words do not contain that already.
func sourced(e verify.Evidence) string {
	var from []string
	for _, one := range strings.Split(e.From, "; ") {
		if one != "" && one != "default" && !strings.Contains(e.Found, one) {
			from = append(from, one)
		}
	}
	if len(from) == 0 {
		return e.Found
	}
	return e.Found + " (" + strings.Join(from, "; ") + ")"
}

func placed(p source.Problem) string {
	if p.At.IsDefault() || strings.Contains(p.Message, p.At.String()) {
		return p.Message
	}
	return p.At.String() + ": " + p.Message
}

// mentions lists the places that name a setting: "I set it, why is it off?".
func mentions(what string, places []source.Mention) string {
	if len(places) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\nplaces that name " + what + "\n")
	for _, m := range places {
		label := "no effect"
		switch {
		case m.Counts:
			label = "counts"
		case m.Unknown:
			label = "unknown"
		}
		b.WriteString(row(label, "", because(m.At.String(), m.Why)))
	}
	return b.String()
}
