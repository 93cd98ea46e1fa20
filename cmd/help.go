package cmd

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is the number of columns that help keeps to.
const helpWidth = 80

const exitStatusKey = "exit status"

// exitStatus annotates a verb with its line about exit codes.
func exitStatus(text string) map[string]string { return map[string]string{exitStatusKey: text} }

// setHelp makes root and its verbs print help in our layout.
func setHelp(root *cobra.Command) {
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
	if flags := flagList(c.LocalNonPersistentFlags()); flags != "" {
		fmt.Fprintf(&b, "\nFlags:\n%s", flags)
	}
	b.WriteByte('\n')
	if text := c.Annotations[exitStatusKey]; text != "" {
		b.WriteString(wrapped("Exit status: "+text+".", 0))
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

// flagList lists flags in two columns; --help is known to everybody.
func flagList(flags *pflag.FlagSet) string {
	var names, texts []string
	column := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		name := "      --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		if value != "" {
			name += " " + strings.ToUpper(value)
		}
		switch f.DefValue {
		case "", "0", "0s", "false", "[]":
		default:
			text += " (default " + f.DefValue + ")"
		}
		names, texts = append(names, name), append(texts, text)
		if n := utf8.RuneCountInString(name); n <= 34 {
			column = max(column, n+2)
		}
	})
	var b strings.Builder
	for i, name := range names {
		gap := column - utf8.RuneCountInString(name)
		if gap < 2 {
			fmt.Fprintf(&b, "%s\n%s%s", name, strings.Repeat(" ", column), wrapped(texts[i], column))
			continue
		}
		fmt.Fprintf(&b, "%s%s%s", name, strings.Repeat(" ", gap), wrapped(texts[i], column))
	}
	return b.String()
}

// wrapped breaks text at spaces; the lines after the first are indented.
func wrapped(text string, indent int) string {
	var b strings.Builder
	column := indent
	for i, word := range strings.Fields(text) {
		size := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+size > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += size
	}
	b.WriteByte('\n')
	return b.String()
}

// newOptionsCommand prints the flags that every verb has.
func newOptionsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "options", Short: "List the flags that every command has", Hidden: true, Args: noArgs,
		Long: "These flags can be passed to every command. Each is also a key of the settings\nfile and, as PLEGCTL_NAME, an environment variable. Flags win over variables,\nvariables over the file.",
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "%s\n\n%s", c.Long, flagList(c.Root().PersistentFlags()))
			return err
		},
	}
}
