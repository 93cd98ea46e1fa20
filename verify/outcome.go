package verify

// Outcome is whether a level was reached.
type Outcome int

const (
	// Unsure means that a required fact could not be read, exit code 4.
	Unsure Outcome = iota
	// Reached means that every rung up to the level was seen, or is implied by a higher one, exit code 0.
	Reached
	// Missed means that the level is certainly not reached, exit code 3.
	Missed
)

// Outcome judges the verdict against a level. A combination that breaks pods misses every
// level, and so does a rung below the level that was seen not to hold.
func (v Verdict) Outcome(level Rung) Outcome {
	if v.State == StateHarmful || v.State == StateBroken {
		return Missed
	}
	for _, e := range v.Evidence {
		if e.Rung <= level && e.Holds == No {
			return Missed
		}
	}
	switch {
	case v.harmOpen:
		return Unsure
	case v.Rung >= level:
		return Reached
	}
	switch v.State {
	case StateOff, StateHalf, StateFellBack, StateRestartPending:
		return Missed
	case StateWorks:
		if v.Of(level).Holds == Unknown && len(v.Waiting) > 0 {
			// It was looked at and nothing came: that is not "could not be read".
			return Missed
		}
	}
	return Unsure
}

// Decided reports whether looking again cannot change the outcome for this level.
func (v Verdict) Decided(level Rung) bool {
	return v.Outcome(level) == Reached || len(v.Waiting) == 0
}

// Healthy is the outcome of a plain look at the node: off and works are fine, a state that
// needs a person is not, nor is a change that was interrupted or could not be rolled back;
// inconclusive is its own answer.
func (v Verdict) Healthy() Outcome {
	if v.Urgent() {
		return Missed
	}
	switch v.State {
	case StateOff, StateWorks:
		return Reached
	case StateRestartPending:
		if v.Offline { // an image is as wanted when its files are
			return Reached
		}
	case StateInconclusive:
		return Unsure
	}
	return Missed
}
