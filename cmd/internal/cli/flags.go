package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/plegctl/plegctl/verify/report"
)

// FlagList lists flags in two columns; --help is known to everybody.
func FlagList(flags *pflag.FlagSet) string {
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
			fmt.Fprintf(&b, "%s\n%s%s", name, strings.Repeat(" ", column), report.Wrap(texts[i], column, column))
			continue
		}
		fmt.Fprintf(&b, "%s%s%s", name, strings.Repeat(" ", gap), report.Wrap(texts[i], column, column))
	}
	return b.String()
}
