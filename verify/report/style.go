package report

import (
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/plegctl/plegctl/logscan"
)

// Style is how text for people is written. The zero Style has no colour and no details.
type Style struct {
	// Color marks words by colour; Verbose adds all details; Chart draws small charts where
	// people would rather look than read.
	Color, Verbose, Chart bool
}

func (s Style) paint(text string, attributes ...color.Attribute) string {
	if !s.Color {
		return text
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(text)
}

func (s Style) good(t string) string { return s.paint(t, color.FgGreen) }
func (s Style) bad(t string) string  { return s.paint(t, color.FgRed, color.Bold) }
func (s Style) warn(t string) string { return s.paint(t, color.FgYellow) }
func (s Style) dim(t string) string  { return s.paint(t, color.Faint) }

// width is the number of columns that text keeps to.
const width = 80

// block is text after a label, wrapped to the width with the lines below the first
// indented under its start. The label is padded to the indent and may carry colour, so
// its visible length is given apart. What comes from the node is escaped.
func block(label string, visible, indent int, text string) string {
	var b strings.Builder
	b.WriteString(label)
	pad := max(indent-visible, min(visible, 1))
	b.WriteString(strings.Repeat(" ", pad))
	column := visible + pad
	for i, word := range strings.Fields(logscan.Escape(text)) {
		size := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+size > width:
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

func line(label string, indent int, text string) string {
	return block(label, utf8.RuneCountInString(label), indent, text)
}
