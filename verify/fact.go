package verify

// Fact is one thing that was looked for. The zero Fact was not looked for: it is not Seen
// and has no Why.
type Fact[T any] struct {
	Value T
	// Seen reports whether Value was observed. A Value that was not seen is never judged.
	Seen bool
	// From is where it was seen ("/etc/crio/crio.conf:12", "kubelet /metrics by admin.conf").
	From string
	// Inferred reports whether it was not read but follows from other facts, which From names.
	Inferred bool
	// Why it was not seen, in words for the operator.
	Why string
	// Hint is what the operator can do so that it is seen next time; may be empty.
	Hint string
}

// Seen is a fact that was observed at from.
func Seen[T any](value T, from string) Fact[T] {
	return Fact[T]{Value: value, Seen: true, From: from}
}

// Unseen is a fact that could not be had, and why.
func Unseen[T any](why, hint string) Fact[T] {
	return Fact[T]{Why: why, Hint: hint}
}

// Is reports whether the fact was seen and has this value.
func Is[T comparable](f Fact[T], value T) bool { return f.Seen && f.Value == value }
