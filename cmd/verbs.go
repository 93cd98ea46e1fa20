package cmd

import "github.com/spf13/cobra"

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
	)
	add(change,
		newEnableCommand(d), newDisableCommand(d), newRollbackCommand(d), newConfirmCommand(d),
		newRecoverCommand(d), newRevertCommand(d), newCoupleCommand(d), newUncoupleCommand(d),
	)
	add(learn, newDemoCommand(d), newExplainCommand(d), newVersionCommand(d))
	root.AddCommand(newOptionsCommand())
	root.SetCompletionCommandGroupID(learn)
}
