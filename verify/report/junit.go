package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify"
)

// Case is one test case of a JUnit document.
type Case struct {
	Class, Name string
	Status      verify.Status
	// Advisory cases never fail a suite; what they found is kept as output.
	Advisory bool
	Message  string
	Details  string
}

// CheckCases are the cases of a report of checks.
func CheckCases(r verify.Report) []Case {
	var cases []Case
	for _, one := range r.Results {
		details := "found: " + one.Found + "\nexpected: " + one.Expected
		if one.Where != "" {
			details += "\nat: " + one.Where
		}
		if one.Hint != "" {
			details += "\nnext: " + one.Hint
		}
		cases = append(cases, Case{
			Class: "plegctl.preflight", Name: one.Code, Status: one.Status, Advisory: one.Level == verify.Advisory,
			Message: one.Title + ": " + one.Found, Details: details,
		})
	}
	return cases
}

// LadderCases are the rungs up to a level, and the state, as cases.
func LadderCases(v verify.Verdict, level verify.Rung, outcome verify.Outcome) []Case {
	var cases []Case
	for _, e := range v.Evidence {
		if e.Rung > level {
			break
		}
		status := verify.NotSeen
		switch {
		case e.Holds == verify.No:
			status = verify.Fail
		case e.Holds == verify.Yes, v.Rung > e.Rung:
			status = verify.Pass
		}
		cases = append(cases, Case{Class: "plegctl.verify", Name: e.Rung.String(), Status: status, Message: e.Found, Details: e.From})
	}
	return append(cases, Case{Class: "plegctl.verify", Name: "state", Status: outcomeStatus(outcome), Message: Headline(v), Details: v.Hint})
}

func outcomeStatus(o verify.Outcome) verify.Status {
	switch o {
	case verify.Reached:
		return verify.Pass
	case verify.Missed:
		return verify.Fail
	}
	return verify.NotSeen
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitMessage `xml:"failure"`
	Error   *junitMessage `xml:"error"`
	Skipped *junitMessage `xml:"skipped"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes the cases as one test suite. A suite without a case has a failing one: a
// run in which nothing was checked must not look green.
func JUnit(w io.Writer, name string, cases []Case) error {
	if len(cases) == 0 {
		cases = []Case{{Class: name, Name: "checks", Status: verify.Fail, Message: "no check ran, which proves nothing"}}
	}
	suite := junitSuite{Name: name, Tests: len(cases)}
	for _, c := range cases {
		one := junitCase{Name: c.Name, Class: c.Class}
		m := &junitMessage{Message: clean(c.Message), Text: clean(c.Details)}
		switch {
		case c.Status == verify.Skip:
			suite.Skipped++
			one.Skipped = m
		case c.Status == verify.Pass, c.Advisory:
			one.Output = clean(c.Message)
		case c.Status == verify.NotSeen:
			suite.Errors++
			one.Error = m
		default:
			suite.Failures++
			one.Failure = m
		}
		suite.Cases = append(suite.Cases, one)
	}
	doc, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return fmt.Errorf("encode as JUnit: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, doc)
	return err
}

// clean keeps line breaks and escapes what XML could not hold.
func clean(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = logscan.Escape(lines[i])
	}
	return strings.Join(lines, "\n")
}
