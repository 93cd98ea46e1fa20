package source

import "fmt"

// Assignment is one value that a source gives to a setting.
type Assignment[T any] struct {
	Value T
	At    Position
	// Key is how the source spells the setting where that is another name than the
	// setting's own: "AllAlpha" for a feature gate that it switches on.
	Key string
	// Removes reports whether the source sets nothing but removes what earlier sources
	// set (null in a kubelet config drop-in).
	Removes bool
}

// Text returns the assignment as its source spells it: "true", "AllAlpha=true", "null".
func (a Assignment[T]) Text() string {
	text := fmt.Sprint(a.Value)
	if a.Removes {
		text = "null"
	}
	if a.Key != "" {
		return a.Key + "=" + text
	}
	return text
}

// Setting is the effective value of a setting: the assignment that wins over all sources,
// and the ones it overrides. At.Kind is Default where no source sets the value.
type Setting[T any] struct {
	Assignment[T]
	// Known reports whether Value is certain. A setting of a file that could not be read,
	// or of a daemon that would not start, is not.
	Known bool
	// Reason says why the value is not known; Hint what to do so that it will be. Both
	// are empty where Known is true.
	Reason, Hint string
	// Overridden are the assignments that do not count, strongest first.
	Overridden []Assignment[T]
}

// Explicit reports whether a source sets the value.
func (s Setting[T]) Explicit() bool { return s.At.Kind != Default }

// Assignments returns all assignments in the order in which the daemon reads them: the
// winner, if there is one, last.
func (s Setting[T]) Assignments() []Assignment[T] {
	var all []Assignment[T]
	for i := len(s.Overridden) - 1; i >= 0; i-- {
		all = append(all, s.Overridden[i])
	}
	if s.Explicit() {
		all = append(all, s.Assignment)
	}
	return all
}

// DefaultTo returns a setting that no source sets.
func DefaultTo[T any](value T) Setting[T] {
	return Setting[T]{Assignment: Assignment[T]{Value: value}, Known: true}
}

// Set returns a setting that one source sets.
func Set[T any](value T, at Position) Setting[T] {
	return Setting[T]{Assignment: Assignment[T]{Value: value, At: at}, Known: true}
}

// Unknown returns a setting whose value is not known, and why.
func Unknown[T any](reason, hint string) Setting[T] {
	return Setting[T]{Reason: reason, Hint: hint}
}

// Override lets a later assignment win.
func (s *Setting[T]) Override(next Assignment[T]) {
	if s.Explicit() {
		s.Overridden = append([]Assignment[T]{s.Assignment}, s.Overridden...)
	}
	s.Assignment, s.Known = next, true
}

// Is reports whether the setting is known and has this value.
func Is[T comparable](s Setting[T], value T) bool { return s.Known && s.Value == value }
