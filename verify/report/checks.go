package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/plegctl/plegctl/verify"
)

// checksText writes what failed and a count; with [Style.Verbose] every check. What could
// not be read is printed once: the checks that ask for the same follow in one line.
func checksText(w io.Writer, r verify.Report, o verify.Outcome, name string, s Style) error {
	var b strings.Builder
	b.WriteString(line("", 0, name+": "+strings.ReplaceAll(readiness(o), "-", " ")+": "+summary(r)))
	gap, hidden := "\n", 0
	var shown, repeated []string
	for _, one := range r.Results {
		fine := one.Status == verify.Pass || one.Status == verify.Skip
		switch {
		case s.Verbose:
		case fine:
			hidden++
			continue
		case one.Status == verify.NotSeen && slices.ContainsFunc(shown, func(found string) bool { return verify.SameReason(found, one.Found) }):
			repeated = append(repeated, one.Code)
			continue
		}
		b.WriteString(gap + s.check(one))
		gap, shown = "", append(shown, one.Found)
	}
	if len(repeated) > 0 {
		b.WriteString("\n" + block("", 0, 2, "Not checked for the same reasons: "+strings.Join(repeated, ", ")))
	}
	if hidden > 0 && hidden < len(r.Results) {
		fmt.Fprintf(&b, "\n%d more (-v lists them). `plegctl explain CODE` explains a check.\n", hidden)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// check is one check: its title and code, and what was found where it did not pass.
func (s Style) check(r verify.Result) string {
	mark, columns := s.statusMark(r)
	head := mark + " " + r.Title
	room := Width - columns - 1 - utf8.RuneCountInString(r.Title)
	gap := room - max(len(r.Code), 20)
	switch {
	case gap >= 2:
	case room-len(r.Code) >= 2:
		gap = room - len(r.Code)
	default:
		head += "\n"
		gap = Width - len(r.Code)
	}
	head += strings.Repeat(" ", gap) + r.Code + "\n"
	var b strings.Builder
	b.WriteString(head)
	if r.Status == verify.Pass || r.Status == verify.Skip {
		b.WriteString(block("", 0, 4, r.Found))
		return b.String()
	}
	found := r.Found
	if r.From != "" && !strings.Contains(found, r.From) {
		found = r.From + ": " + found
	}
	b.WriteString(block("", 0, 4, found))
	for _, p := range r.More {
		b.WriteString(block("", 0, 4, placed(p)))
		if s.Verbose && p.Code != "" {
			b.WriteString(line("    explain:", 14, "plegctl explain "+string(p.Code)))
		}
	}
	if s.Verbose && r.Expected != "" {
		b.WriteString(line("    expected:", 14, r.Expected))
	}
	if r.Hint != "" {
		b.WriteString(line("    next:", 10, r.Hint))
	}
	if r.Risk != "" {
		b.WriteString(line("    or accept the risk:", 24, "--accept-risk "+r.Risk))
	}
	return b.String()
}

func (s Style) statusMark(r verify.Result) (mark string, columns int) {
	switch {
	case r.Status == verify.Pass:
		return s.pick(s.good, "✓", "ok")
	case r.Status == verify.Skip:
		return s.pick(s.dim, "-", "-")
	case r.Status == verify.NotSeen:
		return s.pick(s.warn, "?", "??")
	case r.Level == verify.Advisory:
		return s.pick(s.warn, "!", "warn")
	}
	return s.pick(s.bad, "✗", "FAIL")
}

// summary counts the results in one line.
func summary(r verify.Report) string {
	skipped := r.Count(verify.Skip, verify.Required) + r.Count(verify.Skip, verify.Advisory)
	ran := len(r.Results) - skipped
	if ran == 0 {
		return "no check ran, which proves nothing"
	}
	var parts []string
	add := func(n int, noun string) {
		if n > 0 {
			parts = append(parts, count(n, noun))
		}
	}
	if failed := r.Count(verify.Fail, verify.Required); failed > 0 {
		parts = append(parts, fmt.Sprintf("%d of %s failed", failed, count(ran, "check")))
	} else {
		parts = append(parts, count(r.Count(verify.Pass, verify.Required)+r.Count(verify.Pass, verify.Advisory), "check")+" passed")
	}
	if unknown := r.Count(verify.NotSeen, verify.Required); unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d unknown", unknown))
	}
	add(r.Count(verify.Fail, verify.Advisory)+r.Count(verify.NotSeen, verify.Advisory), "warning")
	if skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", skipped))
	}
	if r.Left > 0 {
		parts = append(parts, fmt.Sprintf("%d left out by name", r.Left))
	}
	return strings.Join(parts, ", ")
}
