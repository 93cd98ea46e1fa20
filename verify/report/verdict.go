package report

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/source"
)

const (
	adviceColumn = 11
	// mostProblems is how many problems of a configuration are printed without -v.
	mostProblems = 3
)

// verdictBlock is the answer: the verdict in one line, its reason, what is missing, and
// what to do next.
func verdictBlock(f verify.Facts, v verify.Verdict, name string, s Style) string {
	var b strings.Builder
	head, reason := phrase(f, v)
	label := logscan.Escape(name) + ":"
	text := strings.TrimPrefix(block(label, utf8.RuneCountInString(label), 2, head), label+" ")
	b.WriteString(label + " " + s.state(v.State, strings.TrimSuffix(text, "\n")) + "\n")
	switch {
	case reason == "":
	case v.State == verify.StateWorks || v.State == verify.StateOff || v.State == verify.StateInconclusive:
		b.WriteString(block("", 0, 2, reason))
	default:
		b.WriteString(line("  cause", adviceColumn, reason))
	}
	shown := 0
	for _, p := range v.Problems {
		if shown < mostProblems || s.Verbose {
			b.WriteString(s.problem(p, v.Hint))
			shown++
		}
	}
	if more := len(v.Problems) - shown; more > 0 {
		fmt.Fprintf(&b, "  %s more (-v lists them)\n", count(more, "problem"))
	}
	hint := v.Hint
	if nothingFound(f) {
		hint = "name the unit with --kubelet-unit UNIT, or use --root DIR for an image"
	} else if v.State != verify.StateWorks {
		for _, gap := range v.Gaps {
			b.WriteString(line("  missing", adviceColumn, because(gap.What, gap.Why)))
		}
	}
	if hint != "" {
		b.WriteString(line("  next", adviceColumn, hint))
	}
	for _, a := range v.Attention {
		b.WriteString(line("  also", adviceColumn, a.Message))
		if a.Hint != "" && a.Hint != v.Hint {
			b.WriteString(line("  next", adviceColumn, a.Hint))
		}
	}
	return b.String()
}

// problem is where a configuration is wrong, what is wrong, and its own hint.
func (s Style) problem(p source.Problem, hint string) string {
	text := block("", 0, 4, p.Message)
	if !p.At.IsDefault() {
		text = block("", 0, 2, p.At.String()) + text
	}
	if p.Hint != "" && p.Hint != hint {
		text += line("    next:", 10, p.Hint)
	}
	if s.Verbose && p.Code != "" {
		text += line("    explain:", 13, "plegctl explain "+string(p.Code))
	}
	return text
}

// phrase returns the verdict as a sentence and what explains it.
func phrase(f verify.Facts, v verify.Verdict) (sentence, reason string) {
	reason = v.Reason
	switch v.State {
	case verify.StateWorks:
		return "Evented PLEG works (" + v.Rung.String() + ")", reason
	case verify.StateOff:
		return "Evented PLEG is off", reason
	case verify.StateFellBack:
		sentence = "Evented PLEG fell back to polling"
		if !v.Since.IsZero() {
			sentence += fmt.Sprintf(" at %s (%s)", clock(f.At, v.Since), ago(f.At, v.Since))
		}
		return sentence, reason
	case verify.StateRestartPending:
		if f.Offline {
			return "configured for the next boot", ""
		}
		return "Evented PLEG waits for a restart", reason
	case verify.StateHalf:
		return "Evented PLEG is only half configured", reason
	case verify.StateHarmful:
		return "Evented PLEG is on and harmful here", reason
	case verify.StateBroken:
		// The fatal problem is printed in full below.
		sentence, reason, _ = strings.Cut(reason, ": ")
		if _, fatal := source.FirstFatal(v.Problems); fatal {
			reason = ""
		}
		return "broken: " + sentence, reason
	case verify.StateInconclusive:
	}
	if nothingFound(f) {
		reason = "systemd does not answer, and no kubelet process is running"
		if unit := f.Kubelet.Unit; unit.Seen {
			reason = unit.Value.Name + " does not exist, and " + cmp.Or(f.Kubelet.Process.Why, "no kubelet process is running")
		}
		return "inconclusive: no kubelet found on this node", reason
	}
	sentence, reason, _ = strings.Cut(reason, ": ")
	for _, gap := range v.Gaps { // what they contain is printed with them
		if gap.Why != "" && strings.Contains(reason, gap.Why) {
			reason = ""
		}
	}
	return string(v.State) + ": " + sentence, reason
}

// Headline is the verdict in one line that begins with the state: "works (delivering): …".
func Headline(v verify.Verdict) string {
	text := string(v.State)
	if v.Rung != verify.RungNone {
		text += " (" + v.Rung.String() + ")"
	}
	if v.Reason != "" {
		text += ": " + v.Reason
	}
	if !v.Since.IsZero() {
		text += ", since " + stamp(v.Since)
	}
	return text
}

func because(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}
