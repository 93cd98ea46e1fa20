package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/plegctl/plegctl/verify"
)

// The types below are as much of SARIF 2.1.0 (OASIS, 2020) as a list of findings needs.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
	BaseIDs sarifBases    `json:"originalUriBaseIds,omitempty"`
}

type sarifBases map[string]sarifURI

type sarifURI struct {
	URI    string `json:"uri"`
	BaseID string `json:"uriBaseId,omitempty"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID    string    `json:"id"`
	Short sarifText `json:"shortDescription"`
	Help  sarifText `json:"help"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	Kind      string          `json:"kind"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifURI     `json:"artifactLocation"`
	Region   *sarifRegion `json:"region,omitempty"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

// SARIF writes what did not pass as a SARIF 2.1.0 log, with file and line where there is
// one. Paths are relative to the root of the node, base id NODE.
func SARIF(w io.Writer, r verify.Report, version string) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "plegctl", Version: version, Rules: []sarifRule{}}}, Results: []sarifResult{}}
	run.BaseIDs = sarifBases{"NODE": {URI: "file:///"}}
	for _, one := range r.Results {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: one.Code, Short: sarifText{one.Title}, Help: sarifText{"plegctl explain " + one.Code}})
		if one.Status == verify.Fail || one.Status == verify.NotSeen {
			run.Results = append(run.Results, sarifResults(one)...)
		}
	}
	doc, err := json.MarshalIndent(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("encode as SARIF: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s\n", doc)
	return err
}

func sarifResults(r verify.Result) []sarifResult {
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
	results := []sarifResult{{RuleID: r.Code, Kind: kind, Level: level, Message: sarifText{clean(message)}, Locations: sarifPlace(r.Path, r.Line)}}
	for _, p := range r.More {
		results = append(results, sarifResult{RuleID: r.Code, Kind: kind, Level: level, Message: sarifText{clean(p.Text)}, Locations: sarifPlace(p.Path, p.Line)})
	}
	return results
}

func sarifPlace(path string, line int) []sarifLocation {
	if path == "" {
		return nil
	}
	place := sarifPhysical{Artifact: sarifURI{URI: strings.TrimPrefix(path, "/"), BaseID: "NODE"}}
	if line > 0 {
		place.Region = &sarifRegion{line}
	}
	return []sarifLocation{{place}}
}
