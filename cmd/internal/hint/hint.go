// Package hint attaches to an error what an operator may do next. An error says what is
// true; its hint is printed on a line of its own at the edge, and nowhere else.
package hint

import "errors"

type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// With returns err with a hint. A nil err stays nil.
func With(err error, hint string) error {
	if err == nil {
		return nil
	}
	return hinted{err, hint}
}

// Of is the outermost hint in err's chain, or "". Of errors joined with errors.Join, the
// first hint found counts.
func Of(err error) string {
	var h hinted
	if errors.As(err, &h) {
		return h.hint
	}
	return ""
}
