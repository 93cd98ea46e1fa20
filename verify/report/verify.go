package report

import (
	"fmt"
	"io"

	"github.com/plegctl/plegctl/verify"
)

// verifyText writes the verdict and the evidence up to the level, and names a level that was
// not reached.
func verifyText(w io.Writer, f verify.Facts, v verify.Verdict, level verify.Rung, name string, s Style) error {
	if s.Verbose {
		level = verify.RungProven
	}
	text := verdictBlock(f, v, name, s) + ladder(v, max(level, v.Rung), s)
	switch v.Outcome(level) {
	case verify.Reached:
	case verify.Missed:
		text += fmt.Sprintf("level %s: %s\n", level, s.bad("not reached"))
	case verify.Unsure:
		text += fmt.Sprintf("level %s: %s\n", level, s.warn("could not be decided"))
	}
	_, err := io.WriteString(w, text)
	return err
}
