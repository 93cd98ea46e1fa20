package cmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/verify/report"
)

const reportLong = `Count many nodes by state, version and cause, and list those that need a person.
It reads what status -o json, verify -o json or bundle printed on each node:
files, or all *.json of a directory. It looks at no node itself.`

func newReportCommand(d *Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "report FILE|DIR...",
		Short: "Count many nodes by state, version and cause",
		Long:  reportLong,
		Example: `  for n in $NODES; do ssh $n plegctl status -o json > fleet/$n.json; done
  plegctl report fleet
  plegctl report fleet -o markdown`,
		Annotations: cli.ExitStatus("0 no node needs a person, 1 a document cannot be read, 3 some do"),
		Args:        cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("report needs documents"), "name files or a directory: plegctl report fleet/")
			}
			return runReport(d, args)
		},
	}
}

func runReport(d *Deps, args []string) error {
	fleet := report.Fleet{States: []report.Count{}, Versions: []report.Count{}, Causes: []report.Count{}, Attention: []report.FleetNode{}}
	files, err := documents(args)
	if err != nil {
		return err
	}
	for _, file := range files {
		data, err := hostfs.ReadNamed(file, hostfs.MaxFile)
		if err == nil {
			err = fleet.Add(filepath.Base(file), data)
		}
		if err != nil {
			return usage(fmt.Errorf("%s: %w", file, err), "pass what `plegctl status -o json` or `plegctl bundle` printed")
		}
	}
	return d.printResult(fleet.Document())
}

// documents lists the files that the arguments name.
func documents(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		if info, err := os.Stat(arg); err != nil || !info.IsDir() {
			files = append(files, arg)
			continue
		}
		found, err := filepath.Glob(filepath.Join(arg, "*.json"))
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, usage(fmt.Errorf("%s has no *.json", arg), "write documents there: plegctl status -o json > "+filepath.Join(arg, "node.json"))
		}
		files = append(files, found...)
	}
	return files, nil
}
