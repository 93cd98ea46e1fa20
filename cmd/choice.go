package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// oneOf adds a flag that takes one value of a closed set. Any other value is refused when
// the command line is parsed, before the node is touched; completion offers the set.
func oneOf(c *cobra.Command, value *string, name, standard string, set []string, help string) {
	*value = standard
	c.Flags().Var(&choice{set: set, one: value}, name, help)
	complete(c, name, set)
}

// someOf adds a flag that takes values of a closed set, repeated or with commas between.
func someOf(c *cobra.Command, values *[]string, name string, set []string, help string) {
	c.Flags().Var(&choice{set: set, many: values}, name, help)
	complete(c, name, set)
}

// complete registers the values that completion offers for a flag.
func complete(c *cobra.Command, name string, set []string) {
	completeBy(c, name, func(*cobra.Command) []string { return set })
}

// completeBy is complete for values that depend on the verb.
func completeBy(c *cobra.Command, name string, values func(*cobra.Command) []string) {
	err := c.RegisterFlagCompletionFunc(name, func(verb *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return values(verb), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag does not exist: a mistake in the program
	}
}

// choice is the value of such a flag; one of its two targets is set.
type choice struct {
	set  []string
	one  *string
	many *[]string
}

// Set implements pflag.Value.
func (v *choice) Set(text string) error {
	if v.one != nil {
		*v.one = text
		return checkChoice(text, v.set)
	}
	for _, part := range strings.Split(text, ",") {
		if err := checkChoice(part, v.set); err != nil {
			return err
		}
		*v.many = append(*v.many, part)
	}
	return nil
}

func checkChoice(text string, set []string) error {
	if slices.Contains(set, text) {
		return nil
	}
	if near := nearest(text, set); len(near) > 0 {
		return fmt.Errorf("did you mean %s?", listed(near))
	}
	return fmt.Errorf("must be %s", listed(set))
}

// String implements pflag.Value.
func (v *choice) String() string {
	if v.one != nil {
		return *v.one
	}
	if v.many != nil {
		return strings.Join(*v.many, ",")
	}
	return ""
}

// Type implements pflag.Value.
func (v *choice) Type() string {
	if v.many != nil {
		return "strings"
	}
	return "string"
}

// listed joins words for a sentence: "a, b or c".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
