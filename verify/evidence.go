package verify

import "time"

// Holds tells whether something was seen to be so.
type Holds int

const (
	// Unknown means that nothing was seen that decides it. It is never taken for Yes.
	Unknown Holds = iota
	// Yes means that it was seen.
	Yes
	// No means that the contrary was seen.
	No
)

// String is "yes", "no" or "unknown".
func (h Holds) String() string {
	switch h {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

func holds(b bool) Holds {
	if b {
		return Yes
	}
	return No
}

// Evidence is what was seen for one rung.
type Evidence struct {
	Rung  Rung
	Holds Holds
	// Found says in words what was seen, or why nothing was.
	Found string
	// From names the source.
	From string
	// Inferred reports whether it was not read directly but follows from other facts, which
	// Found names.
	Inferred bool
}

// Gap is a fact that would have decided something and could not be read.
type Gap struct {
	What, Why, Hint string
}

// finding is the answer to one question within the judgement.
type finding struct {
	holds    Holds
	found    string
	from     string
	inferred bool
	gap      *Gap
	// waiting says what may still come; "" when waiting changes nothing.
	waiting string
	// since is when it began, for a stream that is gone.
	since time.Time
}

func (f finding) evidence(r Rung) Evidence {
	return Evidence{Rung: r, Holds: f.holds, Found: f.found, From: f.from, Inferred: f.inferred}
}

// both joins two answers that must both hold.
func both(a, b finding) finding {
	joined := finding{found: join(a.found, b.found), from: join(a.from, b.from), inferred: a.inferred || b.inferred}
	switch {
	case a.holds == No || b.holds == No:
		joined.holds = No
	case a.holds == Yes && b.holds == Yes:
		joined.holds = Yes
	}
	return joined
}

func join(a, b string) string {
	switch {
	case a == b, b == "":
		return a
	case a == "":
		return b
	}
	return a + "; " + b
}

// because adds a reason where there is one.
func because(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}
