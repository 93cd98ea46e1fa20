package cmd

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/report"
)

func newVersionCommand(d *Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version and the newest kubelet that plegctl knows",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			v := buildInfo()
			return d.printResult(report.Document{Kind: "Version", Body: v, Short: v.Version, Text: func(w io.Writer, _ report.Style) error {
				_, err := fmt.Fprintln(w, v)
				return err
			}})
		},
	}
}

// buildInfo asks the Go runtime: the version is that of the module, stamped from git by
// the go command.
func buildInfo() report.Version {
	info := report.Version{
		Version: "(devel)", Go: runtime.Version(),
		Platform:      runtime.GOOS + "/" + runtime.GOARCH,
		NewestKubelet: known.NewestKubelet().String(),
	}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return info
	}
	if build.Main.Version != "" {
		info.Version = build.Main.Version
	}
	for _, s := range build.Settings {
		if s.Key == "vcs.revision" {
			info.Revision = s.Value
		}
	}
	return info
}
