package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
)

// addVerbs is the table of contents.
func addVerbs(root *cobra.Command, d *Deps) {
	const look, change, learn = "look", "change", "learn"
	root.AddGroup(
		&cobra.Group{ID: look, Title: "Look (never changes the node):"},
		&cobra.Group{ID: change, Title: "Change:"},
		&cobra.Group{ID: learn, Title: "Learn:"},
	)
	add := func(group string, verbs ...*cobra.Command) {
		for _, verb := range verbs {
			verb.GroupID = group
			root.AddCommand(verb)
		}
	}
	add(look,
		newStatusCommand(d), newPreflightCommand(d), newPlanCommand(d), newVerifyCommand(d),
		newProbeCommand(d), newLogsCommand(d), newMeasureCommand(d), newHistoryCommand(d),
		newBundleCommand(d), newReportCommand(d),
	)
	add(change,
		newEnableCommand(d), newDisableCommand(d), newRollbackCommand(d), newConfirmCommand(d),
		newRecoverCommand(d), newRevertCommand(d), newCoupleCommand(d), newUncoupleCommand(d),
	)
	add(learn, newDemoCommand(d), newExplainCommand(d), newVersionCommand(d))
	root.AddCommand(newOptionsCommand())
	root.SetCompletionCommandGroupID(learn)
}

// newOptionsCommand prints the flags that every verb has.
func newOptionsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "options", Short: "List the flags that every command has", Hidden: true, Args: noArgs,
		Long: "These flags can be passed to every command. Each is also a key of the settings\nfile and, as PLEGCTL_NAME, an environment variable. Flags win over variables,\nvariables over the file.",
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "%s\n\n%s", c.Long, cli.FlagList(c.Root().PersistentFlags()))
			return err
		},
	}
}
