package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

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

// The types below are the part of the Jenkins and Ant schemas that both accept.
type junitSuite struct {
	XMLName   xml.Name    `xml:"testsuite"`
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Hostname  string      `xml:"hostname,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	Time      string      `xml:"time,attr"`
	Props     junitProps  `xml:"properties"`
	Cases     []junitCase `xml:"testcase"`
	Out       string      `xml:"system-out"`
	Err       string      `xml:"system-err"`
}

type junitProps struct{}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	Skipped *junitSkip    `xml:"skipped"`
	Error   *junitMessage `xml:"error"`
	Failure *junitMessage `xml:"failure"`
}

// junitSkip has no attributes: the Ant schema knows none.
type junitSkip struct{}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// renderJUnit writes the cases as one test suite.
func renderJUnit(w io.Writer, d Document, _ Style) error {
	cases := d.Cases
	if len(cases) == 0 {
		cases = []Case{{Class: "plegctl", Name: strings.ToLower(d.Kind), Status: d.status(), Message: d.oneLine()}}
	}
	suite := junitSuite{Name: "plegctl", Tests: len(cases), Hostname: clean(d.Host), Timestamp: d.At.UTC().Format("2006-01-02T15:04:05"), Time: seconds(d.Took)}
	if suite.Hostname == "" {
		suite.Hostname = "localhost" // what the Ant schema wants where there is none
	}
	var out strings.Builder
	for _, c := range cases {
		one := junitCase{Name: c.Name, Class: c.Class, Time: "0"}
		m := &junitMessage{Message: clean(c.Message), Type: string(c.Status), Text: clean(c.Details)}
		switch {
		case c.Status == verify.Skip:
			suite.Skipped++
			one.Skipped = &junitSkip{}
		case c.Status == verify.Pass, c.Advisory:
			fmt.Fprintf(&out, "%s: %s\n", c.Name, clean(c.Message))
		case c.Status == verify.NotSeen:
			suite.Errors++
			one.Error = m
		default:
			suite.Failures++
			one.Failure = m
		}
		suite.Cases = append(suite.Cases, one)
	}
	suite.Out = out.String()
	doc, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return fmt.Errorf("encode as JUnit: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, doc)
	return err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// clean keeps line breaks and escapes what XML could not hold.
func clean(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = logscan.Escape(lines[i])
	}
	return strings.Join(lines, "\n")
}
