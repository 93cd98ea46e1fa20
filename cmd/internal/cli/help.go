package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/verify/report"
)

// ExitStatusKey is the annotation that holds the line about exit codes.
const ExitStatusKey = "exit status"

// ExitStatus annotates a verb with its line about exit codes.
func ExitStatus(text string) map[string]string { return map[string]string{ExitStatusKey: text} }

// SetHelp makes root and its verbs print help in our layout.
func SetHelp(root *cobra.Command) {
	root.SetUsageFunc(func(c *cobra.Command) error {
		_, err := fmt.Fprint(c.OutOrStdout(), usageText(c))
		return err
	})
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		intro := c.Long
		if intro == "" {
			intro = c.Short + "."
		}
		// Nothing can be done about a closed stdout.
		_, _ = fmt.Fprintf(c.OutOrStdout(), "%s\n\n%s", intro, usageText(c))
	})
}

// usageText is everything of a verb's help below its description.
func usageText(c *cobra.Command) string {
	var b strings.Builder
	use := c.UseLine()
	if c.HasAvailableSubCommands() {
		use = c.CommandPath() + " COMMAND [flags]"
	}
	fmt.Fprintf(&b, "Usage:\n  %s\n", use)
	if c.Example != "" {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", c.Example)
	}
	b.WriteString(commandList(c))
	if flags := FlagList(c.LocalNonPersistentFlags()); flags != "" {
		fmt.Fprintf(&b, "\nFlags:\n%s", flags)
	}
	b.WriteByte('\n')
	if text := c.Annotations[ExitStatusKey]; text != "" {
		b.WriteString(report.Wrap("Exit status: "+text+".", 0, 0))
	}
	switch {
	case !c.HasParent():
		b.WriteString("Help: plegctl COMMAND --help. Global flags: plegctl options.\n")
	case c.HasAvailableSubCommands():
	default:
		fmt.Fprintf(&b, "Global flags: plegctl options. Manual: man %s.\n", strings.ReplaceAll(c.CommandPath(), " ", "-"))
	}
	return b.String()
}

// commandList lists the commands below c, by group.
func commandList(c *cobra.Command) string {
	var b strings.Builder
	for _, group := range append(c.Groups(), &cobra.Group{}) {
		title := group.Title
		if title == "" && len(c.Groups()) == 0 {
			title = "Commands:"
		}
		for _, sub := range c.Commands() {
			if sub.GroupID != group.ID || !sub.IsAvailableCommand() {
				continue
			}
			if title != "" {
				fmt.Fprintf(&b, "\n%s\n", title)
				title = ""
			}
			fmt.Fprintf(&b, "  %-11s %s\n", sub.Name(), sub.Short)
		}
	}
	return b.String()
}
