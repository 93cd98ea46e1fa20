package report

import (
	"fmt"
	"io"

	"github.com/plegctl/plegctl/verify"
)

// Verify writes the ladder and whether the level was reached.
func Verify(w io.Writer, v verify.Verdict, level verify.Rung, o verify.Outcome, s Style) error {
	if err := Ladder(w, v, s); err != nil {
		return err
	}
	word := s.warn("could not be decided")
	switch o {
	case verify.Reached:
		word = s.good("reached")
	case verify.Missed:
		word = s.bad("not reached")
	}
	_, err := fmt.Fprintf(w, "level %s: %s\n", level, word)
	return err
}
