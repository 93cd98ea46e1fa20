package report

import (
	"io"
	"time"

	"github.com/plegctl/plegctl/verify"
)

// exitCode is the exit code of an outcome.
func exitCode(o verify.Outcome) int {
	switch o {
	case verify.Reached:
		return 0
	case verify.Missed:
		return 3
	case verify.Unsure:
	}
	return 4
}

// StatusBody is the body of `status` in JSON.
type StatusBody struct {
	Node Node `json:"node"`
	Verdict
}

// StatusDocument returns the answer of `status` about the node or image of that name.
func StatusDocument(f verify.Facts, v verify.Verdict, name string) Document {
	d := ofVerdict("Status", f, v, v.Rung, v.Healthy())
	d.Body = StatusBody{nodeBody(f), verdictBody(v)}
	d.Short = Headline(v)
	d.Text = func(w io.Writer, s Style) error { return statusText(w, f, v, name, s) }
	return d
}

// VerifyBody is the body of `verify` in JSON.
type VerifyBody struct {
	// Level is the rung that was asked for.
	Level string `json:"level"`
	// Outcome is reached, missed or unknown.
	Outcome string `json:"outcome" enum:"reached,missed,unknown"`
	// Waited is how long the run took, in seconds.
	Waited float64 `json:"waitedSeconds"`
	// Stimulus is the pod sandbox that was run, where one was.
	Stimulus string `json:"stimulus,omitempty"`
	Node     Node   `json:"node"`
	Verdict
}

// VerifyDocument returns the answer of `verify` for a level.
func VerifyDocument(f verify.Facts, v verify.Verdict, name string, level verify.Rung, waited time.Duration) Document {
	outcome := v.Outcome(level)
	d := ofVerdict("Verify", f, v, level, outcome)
	d.Body = VerifyBody{level.String(), outcomeName(outcome), waited.Seconds(), f.Stimulus.Value.Sandbox, nodeBody(f), verdictBody(v)}
	d.Short = level.String() + " " + outcomeName(outcome) + ": " + Headline(v)
	d.Text = func(w io.Writer, s Style) error { return verifyText(w, f, v, level, name, s) }
	return d
}

func ofVerdict(kind string, f verify.Facts, v verify.Verdict, level verify.Rung, o verify.Outcome) Document {
	return Document{
		Kind: kind, State: string(v.State), Rung: v.Rung.String(), ExitCode: exitCode(o), Host: f.Node.Hostname.Value,
		Cases: ladderCases(v, level, o), Monitor: monitorOf(v, o),
	}
}

func outcomeName(o verify.Outcome) string {
	switch o {
	case verify.Reached:
		return "reached"
	case verify.Missed:
		return "missed"
	case verify.Unsure:
	}
	return "unknown"
}

// PreflightBody is the body of `preflight` in JSON.
type PreflightBody struct {
	Node Node `json:"node"`
	CheckList
	// Problems are those of the kubelet's and the runtime's configuration, fatal ones first.
	Problems []Problem `json:"problems"`
}

// PreflightDocument returns the answer of `preflight`.
func PreflightDocument(f verify.Facts, r verify.Report, name string, advisoryFails bool) Document {
	outcome := r.Outcome(advisoryFails)
	return Document{
		Kind: "Preflight", State: readiness(outcome), ExitCode: exitCode(outcome), Host: f.Node.Hostname.Value,
		Body:  PreflightBody{nodeBody(f), checkList(r), problems(f.Problems())},
		Short: "preflight " + readiness(outcome) + ": " + summary(r),
		Text: func(w io.Writer, s Style) error {
			if nothingFound(f) && !s.Verbose {
				_, err := io.WriteString(w, verdictBlock(f, verify.Judge(f), name, s)+"-v lists all checks.\n")
				return err
			}
			return checksText(w, r, outcome, name, s)
		},
		Cases: checkCases(r), Findings: checkFindings(r),
	}
}

func readiness(o verify.Outcome) string {
	switch o {
	case verify.Reached:
		return "ready"
	case verify.Missed:
		return "not-ready"
	case verify.Unsure:
	}
	return "inconclusive"
}
