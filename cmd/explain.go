package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/docs"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/report"
)

const explainLong = `Explain a check, a known issue, a problem of a configuration, a risk, a state, a
rung, a verdict of probe, or an exit code. It needs no network. Without a name,
it lists all names.`

func newExplainCommand(d *Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [NAME]",
		Short: "Explain a code, state, rung, risk or exit code",
		Long:  explainLong,
		Example: `  plegctl explain PLEG-NODE-DRAINED
  plegctl explain fell-back
  plegctl explain 4`,
		Annotations: cli.ExitStatus("0 explained, 1 unknown name"),
		ValidArgs:   explainable(),
		RunE: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return d.printResult(report.ExplainListDocument(explainable()))
			case 1:
				return runExplain(d, args[0])
			}
			return usage(fmt.Errorf("unexpected argument %q", args[1]), "explain takes one name")
		},
	}
}

func runExplain(d *Deps, name string) error {
	page, file := docs.Page(name)
	if file == "" {
		page, file = docs.Page(risks()[strings.ToLower(name)])
	}
	if file != "" {
		return d.printResult(report.ExplainDocument(page, file))
	}
	next := "`plegctl explain` lists all names"
	if near := cli.Nearest(name, explainable()); len(near) > 0 {
		next = "did you mean " + cli.Listed(near) + "?"
	}
	return usage(fmt.Errorf("unknown name %q", name), next)
}

// risks returns the name of every risk that --accept-risk takes, with the code whose page
// explains it.
func risks() map[string]string {
	names := map[string]string{}
	for _, issue := range known.AllIssues() {
		names[issue.Risk] = issue.Code
	}
	for _, check := range verify.Checks() {
		names[check.Risk] = check.Code
	}
	names[verify.RiskUnknownVersions] = "PLEG-KUBELET-VERSION"
	delete(names, "")
	return names
}

// riskNames are the risks of a change, sorted.
func riskNames() []string { return slices.Sorted(maps.Keys(risks())) }

// explainable lists every name, sorted.
func explainable() []string {
	names := docs.Names()
	for risk := range risks() {
		names = append(names, risk)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
