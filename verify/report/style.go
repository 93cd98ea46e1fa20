package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify"
)

// Style is how text for people is written. The zero Style is plain ASCII text without
// colour and details.
type Style struct {
	// Color marks words by colour; UTF8 allows marks such as ✓; Verbose adds all details;
	// Chart draws small charts where people would rather look than read.
	Color, UTF8, Verbose, Chart bool
}

// pick returns a mark in its colour, and how many columns it takes.
func (s Style) pick(paint func(string) string, mark, ascii string) (text string, columns int) {
	if s.UTF8 {
		return paint(mark), 1
	}
	return paint(fmt.Sprintf("%-4s", ascii)), 4
}

// mark is the mark of an evidence.
func (s Style) mark(h verify.Holds) (text string, columns int) {
	switch h {
	case verify.Yes:
		return s.pick(s.good, "✓", "ok")
	case verify.No:
		return s.pick(s.bad, "✗", "FAIL")
	}
	return s.pick(s.warn, "?", "??")
}

// state paints the words of a state.
func (s Style) state(state verify.State, text string) string {
	switch state {
	case verify.StateWorks:
		return s.good(text)
	case verify.StateOff:
		return text
	case verify.StateFellBack, verify.StateHarmful, verify.StateBroken:
		return s.bad(text)
	}
	return s.warn(text)
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

// Width is the number of columns that text for people keeps to.
const Width = 80

// block is text after a label, wrapped to the width with the lines below the first
// indented under its start. The label is padded to the indent and may carry colour, so
// its visible length is given apart. What comes from the node is escaped.
func block(label string, visible, indent int, text string) string {
	pad := max(indent-visible, min(visible, 1))
	return label + strings.Repeat(" ", pad) + Wrap(logscan.Escape(text), visible+pad, indent)
}

// Wrap breaks text at spaces so that it keeps to [Width]: it begins at a column, and the
// lines below the first are indented.
func Wrap(text string, column, indent int) string {
	var b strings.Builder
	for i, word := range strings.Fields(text) {
		size := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+size > Width:
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
