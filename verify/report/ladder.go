package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/plegctl/plegctl/verify"
)

// Ladder writes the verdict for people: one line a rung, then the state.
func Ladder(w io.Writer, v verify.Verdict, s Style) error {
	var b strings.Builder
	for _, e := range v.Evidence {
		mark, word := s.mark(e.Holds), fmt.Sprintf("%-10s", e.Rung)
		b.WriteString(block("  "+mark+" "+word, 4+len(word), 15, sourced(e)))
	}
	b.WriteByte('\n')
	headline := block("", 0, 0, Headline(v))
	b.WriteString(s.state(v.State) + strings.TrimPrefix(headline, string(v.State)))
	if v.Hint != "" {
		b.WriteString(line("  next:", 8, v.Hint))
	}
	for _, gap := range v.Gaps {
		text := gap.What
		if gap.Why != "" {
			text += ": " + gap.Why
		}
		b.WriteString(line("  not seen:", 12, text))
		if gap.Hint != "" && gap.Hint != v.Hint {
			b.WriteString(line("", 12, gap.Hint))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// sourced is what was found, and where, as far as the words do not say that already.
func sourced(e verify.Evidence) string {
	var from []string
	for _, one := range strings.Split(e.From, "; ") {
		if one != "" && one != "default" && !strings.Contains(e.Found, one) {
			from = append(from, one)
		}
	}
	if len(from) == 0 {
		return e.Found
	}
	return e.Found + " (" + strings.Join(from, "; ") + ")"
}

// Headline is the verdict in one line: "works (delivering): …".
func Headline(v verify.Verdict) string {
	text := string(v.State)
	if v.Rung != verify.RungNone {
		text += " (" + v.Rung.String() + ")"
	}
	if v.Reason != "" {
		text += ": " + v.Reason
	}
	if !v.Since.IsZero() {
		text += ", since " + stamp(v.Since)
	}
	return text
}

func (s Style) mark(h verify.Holds) string {
	switch h {
	case verify.Yes:
		return s.good("✓")
	case verify.No:
		return s.bad("✗")
	}
	return s.warn("?")
}

func (s Style) state(state verify.State) string {
	text := string(state)
	switch state {
	case verify.StateWorks:
		return s.good(text)
	case verify.StateOff:
		return s.dim(text)
	case verify.StateFellBack, verify.StateHarmful:
		return s.bad(text)
	}
	return s.warn(text)
}
