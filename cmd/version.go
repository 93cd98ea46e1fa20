package cmd

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/verify/known"
)

// buildInfo is what `version` tells.
type buildInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	// NewestKubelet is the newest kubelet whose behaviour this build knows.
	NewestKubelet string `json:"newestKubelet"`
}

func newVersionCommand(d *Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version of plegctl and the newest kubelet it knows",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			info := readBuildInfo()
			return d.give(answer{
				kind: "Version", body: info,
				short: info.Version,
				text: func(w io.Writer) error {
					_, err := fmt.Fprintf(w, "plegctl %s (%s, %s), knows kubelets up to %s\n", info.Version, info.Go, info.Platform, info.NewestKubelet)
					return err
				},
			})
		},
	}
}

// readBuildInfo asks the Go runtime: the version is that of the module, stamped from git
// by the go command.
func readBuildInfo() buildInfo {
	info := buildInfo{
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
