// Package cli is the frame of the command line: flags with a closed set of values, their
// completion, near matches of mistyped words, and the layout of help.
package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// OneOf adds a flag that takes one value of a closed set. Any other value is refused when
// the command line is parsed, before the node is touched; completion offers the set.
func OneOf(c *cobra.Command, value *string, name, standard string, set []string, help string) {
	*value = standard
	c.Flags().Var(&Choice{set: set, one: value}, name, help)
	Complete(c, name, set)
}

// SomeOf adds a flag that takes values of a closed set, repeated or with commas between.
func SomeOf(c *cobra.Command, values *[]string, name string, set []string, help string) {
	c.Flags().Var(&Choice{set: set, many: values}, name, help)
	Complete(c, name, set)
}

// Complete registers the values that completion offers for a flag.
func Complete(c *cobra.Command, name string, set []string) {
	CompleteBy(c, name, func(*cobra.Command) []string { return set })
}

// CompleteBy is Complete for values that depend on the verb.
func CompleteBy(c *cobra.Command, name string, values func(*cobra.Command) []string) {
	err := c.RegisterFlagCompletionFunc(name, func(verb *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return values(verb), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag does not exist: a mistake in the program
	}
}

// Choice is the value of a flag that takes values of a closed set; one of its two targets
// is set.
type Choice struct {
	set  []string
	one  *string
	many *[]string
}

// Set implements pflag.Value.
func (v *Choice) Set(text string) error {
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
	if near := Nearest(text, set); len(near) > 0 {
		return fmt.Errorf("did you mean %s?", Listed(near))
	}
	return fmt.Errorf("must be %s", Listed(set))
}

// String implements pflag.Value.
func (v *Choice) String() string {
	if v.one != nil {
		return *v.one
	}
	if v.many != nil {
		return strings.Join(*v.many, ",")
	}
	return ""
}

// Type implements pflag.Value.
func (v *Choice) Type() string {
	if v.many != nil {
		return "strings"
	}
	return "string"
}

// Listed joins words for a sentence: "a, b or c".
func Listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// NewChoice returns the value of a flag that takes one value of a set.
func NewChoice(standard string, set []string) *Choice {
	return &Choice{set: set, one: &standard}
}
