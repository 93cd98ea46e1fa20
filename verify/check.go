package verify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// Level is how much a check weighs.
type Level string

const (
	// Required means that a failure stands in the way of the change.
	Required Level = "required"
	// Advisory means that a failure is worth knowing.
	Advisory Level = "advisory"
)

// Status is how a check went.
type Status string

const (
	// Pass means that it was seen to hold.
	Pass Status = "pass"
	// Fail means that it was seen not to hold.
	Fail Status = "fail"
	// NotSeen means that what it needs could not be read. It is never a pass.
	NotSeen Status = "unknown"
	// Skip means that it does not apply here, and Found says why.
	Skip Status = "skip"
)

// Check is one named rule over facts. Checks are data: none of them looks at the node.
type Check struct {
	// Code is stable and names the page in docs/checks that `explain` prints.
	Code  string
	Title string
	Level Level
	// Live reports whether it needs a running system, so that --root skips it.
	Live bool
	// Expected says in words what should be found.
	Expected string
	// Risk is the name for --accept-risk where a failure can be accepted; else "".
	Risk string
	// eval judges; it never returns NotSeen for something that was seen.
	eval func(Facts) Result
}

// Result is how one check went on one node.
type Result struct {
	Code     string
	Title    string
	Level    Level
	Status   Status
	Expected string
	// Found says what was seen, or why nothing was.
	Found string
	// From names the source in words; At is the position where that is text.
	From string
	At   source.Position
	Hint string
	Risk string
	// Live reports whether the check needs a running system.
	Live bool
	// Issues are the known issues that make it fail.
	Issues []known.Issue
	// More are further problems that make the same check fail.
	More []source.Problem
}

// Selection narrows the checks that are run.
type Selection struct {
	// Only runs nothing but these codes, Skip leaves these out. Both may be empty.
	Only, Skip []string
}

func (s Selection) wants(code string) bool {
	if slices.Contains(s.Skip, code) {
		return false
	}
	return len(s.Only) == 0 || slices.Contains(s.Only, code)
}

// Report is the outcome of all checks that were run.
type Report struct {
	Results []Result
	// Left counts the checks that the operator left out by name.
	Left int
}

// Run evaluates checks over facts, in their order.
func Run(checks []Check, f Facts, s Selection) Report {
	var report Report
	for _, c := range checks {
		if !s.wants(c.Code) {
			report.Left++
			continue
		}
		report.Results = append(report.Results, c.run(f))
	}
	return report
}

func (c Check) run(f Facts) Result {
	r := Result{Status: Skip, Found: "offline: only files are there (--root)"}
	if !c.Live || !f.Offline {
		r = c.eval(f)
	}
	kubelets := strings.HasPrefix(c.Code, "PLEG-KUBELET-")
	if (r.Status == NotSeen || r.Status == Fail && kubelets) && notJoined(f) {
		r = skip(notJoinedYet) // one reason is enough, and nothing else helps
	}
	r.Code, r.Title, r.Level, r.Live = c.Code, c.Title, cmp.Or(r.Level, c.Level), c.Live
	if r.Expected == "" {
		r.Expected = c.Expected
	}
	if r.Status == Fail && r.Risk == "" {
		r.Risk = c.Risk
	}
	return r
}

// Select returns the report without the results that the selection leaves out.
func (r Report) Select(s Selection) Report {
	out := Report{Left: r.Left}
	for _, one := range r.Results {
		if s.wants(one.Code) {
			out.Results = append(out.Results, one)
		} else {
			out.Left++
		}
	}
	return out
}

// Count is how many results have this status and level.
func (r Report) Count(s Status, l Level) int {
	n := 0
	for _, one := range r.Results {
		if one.Status == s && one.Level == l {
			n++
		}
	}
	return n
}

// Outcome is the verdict over all results. Checks that did not run prove nothing: if none
// passed or failed, the outcome is Missed. With advisoryFails a failed advisory check
// counts like a required one.
func (r Report) Outcome(advisoryFails bool) Outcome {
	ran := r.Count(Pass, Required) + r.Count(Pass, Advisory) + r.Count(Fail, Required) + r.Count(Fail, Advisory) +
		r.Count(NotSeen, Required) + r.Count(NotSeen, Advisory)
	switch {
	case ran == 0, r.Count(Fail, Required) > 0:
		return Missed
	case advisoryFails && r.Count(Fail, Advisory) > 0:
		return Missed
	case r.Count(NotSeen, Required) > 0:
		return Unsure
	case advisoryFails && r.Count(NotSeen, Advisory) > 0:
		return Unsure
	}
	return Reached
}

func pass(found, from string) Result { return Result{Status: Pass, Found: found, From: from} }

func fail(found, from, hint string) Result {
	return Result{Status: Fail, Found: found, From: from, Hint: hint}
}

func notSeen(why, hint string) Result {
	if why == "" {
		why = "it was not looked at"
	}
	return Result{Status: NotSeen, Found: why, Hint: hint}
}

func skip(why string) Result { return Result{Status: Skip, Found: why} }

// unread is the result of a check whose fact was not seen.
func unread[T any](f Fact[T]) Result { return notSeen(f.Why, f.Hint) }

// noVersion is the result of a check that needs a version that was not seen. The operator
// may accept that known harm cannot be ruled out then.
func noVersion[T any](f Fact[T]) Result {
	r := unread(f)
	r.Risk = RiskUnknownVersions
	return r
}

// unknown is the result of a check whose setting is not known.
func unknown[T any](s source.Setting[T]) Result { return notSeen(s.Reason, s.Hint) }

// at is a failure at the position of the first problem; further problems follow.
func at(problems []source.Problem) Result {
	first := problems[0]
	r := fail(first.Message, first.At.String(), first.Hint)
	r.At, r.More = first.At, problems[1:]
	return r
}
