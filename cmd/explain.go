package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/docs"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/report"
)

const explainLong = `Explain a check, a reason to refuse a change, a known issue, a state or a rung,
without a network. Without a name it lists all that can be explained.`

func newExplainCommand(d *Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Explain a code, a state or a rung, offline",
		Long:  explainLong,
		Example: `  plegctl explain PLEG-NODE-DRAINED
  plegctl explain fell-back`,
		ValidArgs: explainable(),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(fmt.Errorf("unexpected argument %q", args[1]), "explain takes one code")
			}
			return runExplain(d, strings.Join(args, ""))
		},
	}
}

// explainBody is the body of explain in JSON.
type explainBody struct {
	Code string `json:"code,omitempty"`
	// Page is the text, in Markdown.
	Page  string   `json:"page,omitempty"`
	Codes []string `json:"codes,omitempty"`
}

func runExplain(d *Deps, code string) error {
	if code == "" {
		codes := explainable()
		return d.give(answer{kind: "Explain", body: explainBody{Codes: codes}, short: strings.Join(codes, " "), text: func(w io.Writer) error {
			_, err := fmt.Fprintln(w, strings.Join(codes, "\n"))
			return err
		}})
	}
	page, ok := docs.Page(code)
	if !ok {
		page, ok = issuePage(code)
	}
	if !ok {
		return usage(fmt.Errorf("there is nothing to explain for %q", code), nearest(code))
	}
	title, _, _ := strings.Cut(strings.TrimPrefix(page, "# "), "\n")
	return d.give(answer{
		kind: "Explain", body: explainBody{Code: title, Page: page}, short: title + ": " + firstSentence(page),
		text: func(w io.Writer) error {
			_, err := io.WriteString(w, page)
			return err
		},
	})
}

// explainable lists every name, sorted.
func explainable() []string {
	names := docs.Names()
	for _, issue := range known.AllIssues() {
		names = append(names, issue.Code)
	}
	slices.Sort(names)
	return names
}

func issuePage(code string) (string, bool) {
	for _, issue := range known.AllIssues() {
		if strings.EqualFold(issue.Code, code) || issue.Risk != "" && strings.EqualFold(issue.Risk, code) {
			return report.IssuePage(issue), true
		}
	}
	return "", false
}

func firstSentence(page string) string {
	lines := strings.Split(page, "\n")
	if len(lines) < 3 {
		return ""
	}
	return lines[2]
}

// nearest names what shares a word with the code.
func nearest(code string) string {
	var near []string
	last := code[strings.LastIndexByte(code, '-')+1:]
	for _, name := range explainable() {
		if strings.Contains(strings.ToLower(name), strings.ToLower(last)) {
			near = append(near, name)
		}
	}
	if len(near) == 0 || len(near) > 8 {
		return "run `plegctl explain` for the list"
	}
	return "did you mean " + strings.Join(near, " or ") + "?"
}
