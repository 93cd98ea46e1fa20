package report

import (
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// Refusal is one reason not to change the node.
type Refusal struct {
	// Code names the reason, as `explain` knows it.
	Code string
	// Title is what was checked; Text is what was found.
	Title string
	Text  string
	// Where names the source that is to blame, if there is one; At is its position.
	Where string
	At    source.Position
	// Do is what to do instead.
	Do string
	// Risk is the name that --accept-risk takes; empty where nothing can be accepted.
	Risk string
	// Unknown reports whether a fact could not be read: it is not known to be wrong.
	Unknown bool
}

// String returns the reason in one line.
func (r Refusal) String() string {
	if r.Unknown && r.Title != "" {
		return r.Title + ": cannot be checked: " + r.Text
	}
	if r.Where != "" && !strings.Contains(r.Text, r.Where) {
		return r.Where + ": " + r.Text
	}
	return r.Text
}

// Hint returns what to do instead, with the risk to accept where one can be.
func (r Refusal) Hint() string {
	if r.Do != "" && r.Risk != "" {
		return r.Do + "; or accept the risk: --accept-risk " + r.Risk
	}
	return r.Do
}

// Refusals lists reasons like failed checks: what stands in the way, its code, what to do.
func Refusals(reasons []Refusal, s Style) string {
	var b strings.Builder
	for _, r := range reasons {
		text, mark := r.Text, s.bad
		if r.Where != "" && !strings.Contains(text, r.Where) {
			text = r.Where + ": " + text
		}
		sign, columns := s.pick(mark, "✗", "FAIL")
		if r.Unknown {
			sign, columns = s.pick(s.warn, "?", "??")
		}
		b.WriteString(block(sign, columns, columns+1, text))
		b.WriteString(line("    explain:", 13, "plegctl explain "+r.Code))
		if r.Do != "" {
			b.WriteString(line("    next:", 13, r.Do))
		}
		if r.Risk != "" {
			b.WriteString(line("    or accept the risk:", 24, "--accept-risk "+r.Risk))
		}
	}
	return b.String()
}

// refusalProblems returns the reasons as problems in JSON.
func refusalProblems(reasons []Refusal) []Problem {
	out := make([]Problem, 0, len(reasons))
	for _, r := range reasons {
		severity := "error"
		if r.Unknown {
			severity = "unknown"
		}
		out = append(out, Problem{
			Code: r.Code, Severity: severity, Fatal: !r.Unknown, Source: r.Where, Path: r.At.Path, Line: r.At.Line, Column: r.At.Column,
			Message: r.Text, Hint: r.Do, Risk: r.Risk, URL: codeURL(r.Code),
		})
	}
	return out
}
