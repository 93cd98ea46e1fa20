package report

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/plegctl/plegctl/verify"
)

// Finding is one rule of SARIF and its results. A rule without results passed.
type Finding struct {
	Rule, Title string
	Results     []FindingResult
}

// FindingResult is one result: Level and Kind as SARIF spells them.
type FindingResult struct {
	Level, Kind, Message string
	Path                 string
	Line, Column         int
}

// checkFindings returns the rules and results of a report of checks.
func checkFindings(r verify.Report) []Finding {
	var findings []Finding
	for _, one := range r.Results {
		f := Finding{Rule: one.Code, Title: one.Title}
		if one.Status == verify.Fail || one.Status == verify.NotSeen {
			f.Results = findingResults(one)
		}
		findings = append(findings, f)
	}
	return findings
}

func findingResults(r verify.Result) []FindingResult {
	kind, level := "fail", "error"
	if r.Level == verify.Advisory {
		level = "warning"
	}
	if r.Status == verify.NotSeen {
		// SARIF has a kind for "could not be decided"; its level must then be none.
		kind, level = "open", "none"
	}
	message := r.Title + ": " + r.Found
	if r.Hint != "" {
		message += ". " + r.Hint
	}
	results := []FindingResult{{level, kind, message, r.At.Path, r.At.Line, r.At.Column}}
	for _, p := range r.More {
		results = append(results, FindingResult{level, kind, p.Message, p.At.Path, p.At.Line, p.At.Column})
	}
	return results
}

// The types below are as much of SARIF 2.1.0 (OASIS, 2020) as a list of findings needs.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool           `json:"tool"`
		BaseIDs map[string]sarifURI `json:"originalUriBaseIds"`
		Results []sarifResult       `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		URI     string      `json:"informationUri"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string    `json:"id"`
		Short   sarifText `json:"shortDescription"`
		Help    sarifText `json:"help"`
		HelpURI string    `json:"helpUri"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifURI struct {
		URI    string `json:"uri"`
		BaseID string `json:"uriBaseId,omitempty"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Kind      string          `json:"kind"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifURI    `json:"artifactLocation"`
		Region   sarifRegion `json:"region"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
)

// renderSARIF writes what did not pass as a SARIF 2.1.0 log. Paths are relative to the root
// of the node, base id NODE.
func renderSARIF(w io.Writer, d Document, _ Style) error {
	run := sarifRun{BaseIDs: map[string]sarifURI{"NODE": {URI: "file:///"}}, Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "plegctl", Version: d.Version, URI: "https://github.com/plegctl/plegctl", Rules: []sarifRule{}}
	for i, f := range d.Findings {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{f.Rule, sarifText{f.Title}, sarifText{"Run: plegctl explain " + f.Rule}, pageURL(f.Rule + ".md")})
		for _, r := range f.Results {
			run.Results = append(run.Results, sarifResult{f.Rule, i, r.Kind, r.Level, sarifText{clean(r.Message)}, []sarifLocation{r.location()}})
		}
	}
	doc, err := marshalJSON(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
	if err != nil {
		return fmt.Errorf("encode as SARIF: %w", err)
	}
	return writeIndented(w, doc)
}

// location returns where the result is. GitHub refuses a file in which one result has no
// location, so a result about no file is at the kubelet's configuration.
func (r FindingResult) location() sarifLocation {
	path := r.Path
	if path == "" {
		path = "/var/lib/kubelet/config.yaml"
	}
	escaped := url.URL{Path: strings.TrimPrefix(path, "/")}
	return sarifLocation{sarifPhysical{sarifURI{escaped.String(), "NODE"}, sarifRegion{max(r.Line, 1), r.Column}}}
}
