package settings

import (
	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/report"
)

// Complete registers what completion offers for the flags of [AddFlags].
func Complete(root *cobra.Command) {
	cli.Complete(root, "color", colors())
	cli.Complete(root, "runtime", runtimeNames())
	cli.Complete(root, "kubelet-unit", []string{"kubelet.service", "k3s.service", "k3s-agent.service", "rke2-server.service", "rke2-agent.service"})
	var units, versions []string
	for _, r := range known.Runtimes() {
		for _, install := range r.Installs {
			units = append(units, install.Units...)
		}
	}
	cli.Complete(root, "runtime-unit", units)
	for minor := uint(26); minor <= known.NewestKubelet().Minor; minor++ {
		versions = append(versions, known.V(1, minor, 0).String())
	}
	cli.Complete(root, "kubelet-version", versions)
	cli.CompleteBy(root, "output", func(c *cobra.Command) []string { return report.FormatsOf(c.Name()) })
	for _, name := range []string{"root", "state-dir"} {
		if err := root.MarkPersistentFlagDirname(name); err != nil {
			panic(err) // the flag does not exist: a mistake in the program
		}
	}
}
