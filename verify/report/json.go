package report

import (
	"time"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// Verdict is a verdict as JSON; state and rung are in the envelope around it.
type Verdict struct {
	Reason   string     `json:"reason"`
	Hint     string     `json:"hint,omitempty"`
	Since    *time.Time `json:"since,omitempty"`
	Evidence []Evidence `json:"evidence"`
	Gaps     []Gap      `json:"gaps"`
	Issues   []Issue    `json:"issues"`
	// Problems are those of the kubelet's and the runtime's configuration, fatal ones first.
	Problems []Problem `json:"problems"`
	// Attention lists what needs a person, whatever the state is.
	Attention []Attention `json:"attention"`
}

// Attention is something that needs a person, as JSON.
type Attention struct {
	Code    string `json:"code"`
	Urgent  bool   `json:"urgent"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Evidence is what was seen for one rung, as JSON.
type Evidence struct {
	Rung string `json:"rung"`
	// Holds is yes, no or unknown.
	Holds    string `json:"holds" enum:"yes,no,unknown"`
	Found    string `json:"found"`
	From     string `json:"from,omitempty"`
	Inferred bool   `json:"inferred,omitempty"`
}

// Gap is a fact that could not be read, as JSON.
type Gap struct {
	What string `json:"what"`
	Why  string `json:"why,omitempty"`
	Hint string `json:"hint,omitempty"`
}

// Issue is a known issue, as JSON.
type Issue struct {
	Code     string   `json:"code"`
	Severity string   `json:"severity"`
	Title    string   `json:"title"`
	Risk     string   `json:"risk,omitempty"`
	Refs     []string `json:"refs"`
}

// verdictBody is the body of a verdict.
func verdictBody(v verify.Verdict) Verdict {
	out := Verdict{Reason: v.Reason, Hint: v.Hint, Since: moment(v.Since), Evidence: []Evidence{}, Gaps: []Gap{}, Issues: []Issue{}, Attention: []Attention{}}
	out.Problems = problems(v.Problems)
	for _, a := range v.Attention {
		out.Attention = append(out.Attention, Attention(a))
	}
	for _, e := range v.Evidence {
		out.Evidence = append(out.Evidence, Evidence{e.Rung.String(), e.Holds.String(), e.Found, e.From, e.Inferred})
	}
	for _, g := range v.Gaps {
		out.Gaps = append(out.Gaps, Gap(g))
	}
	for _, i := range v.Issues {
		out.Issues = append(out.Issues, Issue{i.Code, SeverityName(i.Severity), i.Title, i.Risk, i.Refs})
	}
	return out
}

// SeverityName is a severity as reports spell it.
func SeverityName(s known.Severity) string {
	switch s {
	case known.Note:
		return "note"
	case known.Warn:
		return "warning"
	case known.Harmful:
		return "harmful"
	}
	return "impossible"
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	utc := t.UTC()
	return &utc
}

// CheckList is a report of checks as JSON.
type CheckList struct {
	Checks  []Check  `json:"checks"`
	Summary Counters `json:"summary"`
}

// Check is one result as JSON.
type Check struct {
	Code     string    `json:"code"`
	Title    string    `json:"title"`
	Level    string    `json:"level"`
	Status   string    `json:"status"`
	Found    string    `json:"found"`
	Expected string    `json:"expected"`
	From     string    `json:"from,omitempty"`
	Path     string    `json:"path,omitempty"`
	Line     int       `json:"line,omitempty"`
	Hint     string    `json:"hint,omitempty"`
	Risk     string    `json:"risk,omitempty"`
	More     []Problem `json:"more,omitempty"`
	// URL is the page that explains the code.
	URL string `json:"url"`
}

// Problem is something wrong in a configuration, as JSON.
type Problem struct {
	Code     string `json:"code,omitempty"`
	Severity string `json:"severity"`
	Fatal    bool   `json:"fatal"`
	// Source is the position in words; path, line and column are set where it is in a file.
	Source  string `json:"source,omitempty"`
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	// Risk is the name that --accept-risk takes, where the problem can be accepted.
	Risk string `json:"risk,omitempty"`
	// URL is the page that explains the code.
	URL string `json:"url,omitempty"`
}

func problems(all []source.Problem) []Problem {
	out := make([]Problem, 0, len(all))
	for _, p := range all {
		one := Problem{
			Code: string(p.Code), Severity: p.Severity(), Fatal: p.Fatal(), Path: p.At.Path, Line: p.At.Line, Column: p.At.Column,
			Message: p.Message, Hint: p.Hint,
		}
		if p.Code != "" {
			one.URL = codeURL(one.Code)
		}
		if !p.At.IsDefault() {
			one.Source = p.At.String()
		}
		out = append(out, one)
	}
	return out
}

// Counters count results by status.
type Counters struct {
	Passed         int `json:"passed"`
	Failed         int `json:"failed"`
	AdvisoryFailed int `json:"advisoryFailed"`
	Unknown        int `json:"unknown"`
	Skipped        int `json:"skipped"`
	LeftOut        int `json:"leftOut"`
}

// checkList is the body of a report of checks.
func checkList(r verify.Report) CheckList {
	out := CheckList{Checks: []Check{}, Summary: Counters{LeftOut: r.Left}}
	for _, one := range r.Results {
		c := Check{
			Code: one.Code, Title: one.Title, Level: string(one.Level), Status: string(one.Status), Found: one.Found, Expected: one.Expected,
			URL: codeURL(one.Code), From: one.From, Path: one.At.Path, Line: one.At.Line, Hint: one.Hint, Risk: one.Risk,
		}
		c.More = problems(one.More)
		out.Checks = append(out.Checks, c)
	}
	out.Summary.Passed = r.Count(verify.Pass, verify.Required) + r.Count(verify.Pass, verify.Advisory)
	out.Summary.Failed = r.Count(verify.Fail, verify.Required)
	out.Summary.AdvisoryFailed = r.Count(verify.Fail, verify.Advisory)
	out.Summary.Unknown = r.Count(verify.NotSeen, verify.Required) + r.Count(verify.NotSeen, verify.Advisory)
	out.Summary.Skipped = r.Count(verify.Skip, verify.Required) + r.Count(verify.Skip, verify.Advisory)
	return out
}
