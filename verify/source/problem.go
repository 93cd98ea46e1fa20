package source

// Code names a kind of problem. It is stable, for scripts and for `plegctl explain`.
type Code string

// Effect is what a problem does to the daemon. Every reader of problems decides by it, so
// that a new code needs no new case anywhere.
type Effect string

const (
	// Fatal means that the daemon does not start with it.
	Fatal Effect = "fatal"
	// Unread means that a source could not be read or understood, so what it sets is not known.
	Unread Effect = "unread"
	// Ignored means that the daemon ignores what is written there, against what it looks like.
	Ignored Effect = "ignored"
	// Suspect means that it has an effect, but probably not the one that was meant, or not in every
	// release of the daemon.
	Suspect Effect = "suspect"
)

// Problem is something wrong or suspicious in a configuration.
type Problem struct {
	Code   Code
	Effect Effect
	// At is where to look; its Path is a directory for a problem of a directory.
	At Position
	// Message says what is wrong, as far as possible in the daemon's own words.
	Message string
	// Hint is one thing to do about it; it may be empty.
	Hint string
}

// Fatal reports whether the daemon does not start with it.
func (p Problem) Fatal() bool { return p.Effect == Fatal }

// Severity returns "error" for what is fatal, else "warning".
func (p Problem) Severity() string {
	if p.Fatal() {
		return "error"
	}
	return "warning"
}

// FirstFatal returns the first fatal problem.
func FirstFatal(problems []Problem) (Problem, bool) {
	for _, p := range problems {
		if p.Fatal() {
			return p, true
		}
	}
	return Problem{}, false
}

// WithEffect selects problems by their effect.
func WithEffect(problems []Problem, effects ...Effect) []Problem {
	var found []Problem
	for _, p := range problems {
		for _, effect := range effects {
			if p.Effect == effect {
				found = append(found, p)
			}
		}
	}
	return found
}
