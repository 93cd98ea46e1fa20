package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/plegctl/plegctl/verify"
)

// Checks writes the checks for people: one line each, details under what did not pass.
// Skipped checks are shown with [Style.Verbose].
func Checks(w io.Writer, r verify.Report, s Style) error {
	var b strings.Builder
	for _, one := range r.Results {
		if one.Status == verify.Skip && !s.Verbose {
			continue
		}
		b.WriteString(s.check(one))
	}
	b.WriteByte('\n')
	b.WriteString(line("", 0, Summary(r)))
	_, err := io.WriteString(w, strings.TrimPrefix(b.String(), "\n"))
	return err
}

func (s Style) check(r verify.Result) string {
	mark := s.statusMark(r)
	text := r.Title
	if r.Status == verify.Pass || r.Status == verify.Skip {
		return block(mark, 1, 2, text+": "+r.Found)
	}
	var b strings.Builder
	b.WriteString(block(mark, 1, 2, text+" ("+r.Code+")"))
	b.WriteString(line("    found:", 14, r.Found))
	if r.From != "" && !strings.Contains(r.Found, r.From) {
		b.WriteString(line("    at:", 14, r.From))
	}
	b.WriteString(line("    expected:", 14, r.Expected))
	for _, p := range r.More {
		b.WriteString(line("    also:", 14, placed(p)))
	}
	if r.Hint != "" {
		b.WriteString(line("    next:", 14, r.Hint))
	}
	if r.Risk != "" {
		b.WriteString(line("", 14, "or take the risk by name: --accept-risk "+r.Risk))
	}
	return b.String()
}

func (s Style) statusMark(r verify.Result) string {
	switch {
	case r.Status == verify.Pass:
		return s.good("✓")
	case r.Status == verify.Skip:
		return s.dim("-")
	case r.Status == verify.NotSeen:
		return s.warn("?")
	case r.Level == verify.Advisory:
		return s.warn("!")
	}
	return s.bad("✗")
}

// Summary counts the results in one line.
func Summary(r verify.Report) string {
	passed := r.Count(verify.Pass, verify.Required) + r.Count(verify.Pass, verify.Advisory)
	parts := []string{fmt.Sprintf("%d passed", passed)}
	add := func(n int, words string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words))
		}
	}
	add(r.Count(verify.Fail, verify.Required), "failed")
	add(r.Count(verify.Fail, verify.Advisory), "advisory failed")
	add(r.Count(verify.NotSeen, verify.Required), "could not be seen")
	add(r.Count(verify.NotSeen, verify.Advisory), "advisory could not be seen")
	add(r.Count(verify.Skip, verify.Required)+r.Count(verify.Skip, verify.Advisory), "skipped")
	add(r.Left, "left out by name")
	if len(r.Results) == 0 || len(r.Results) == r.Count(verify.Skip, verify.Required)+r.Count(verify.Skip, verify.Advisory) {
		parts = append(parts, "no check ran, which proves nothing")
	}
	return strings.Join(parts, ", ")
}
