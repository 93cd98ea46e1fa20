package cmd

import (
	"encoding/xml"
	"fmt"
	"io"
)

// writeJUnit is the JUnit form of an answer that has no cases of its own: one suite with
// one case, which fails exactly when the exit code says so.
func writeJUnit(w io.Writer, a answer) error {
	type message struct {
		Text string `xml:"message,attr"`
	}
	type testcase struct {
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"`
		Failure *message `xml:"failure"`
		Error   *message `xml:"error"`
	}
	type suite struct {
		XMLName  xml.Name `xml:"testsuite"`
		Name     string   `xml:"name,attr"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Errors   int      `xml:"errors,attr"`
		Case     testcase `xml:"testcase"`
	}
	s := suite{Name: "plegctl", Tests: 1, Case: testcase{Name: a.kind, Class: "plegctl"}}
	switch a.code {
	case ExitOK:
	case ExitInconclusive:
		s.Errors, s.Case.Error = 1, &message{a.oneLine()}
	default:
		s.Failures, s.Case.Failure = 1, &message{a.oneLine()}
	}
	doc, err := xml.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the answer as JUnit: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, doc)
	return err
}
