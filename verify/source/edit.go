package source

import (
	"bytes"
	"fmt"
)

// Edit is a change to one file's text that was made and checked, but not written. Only the
// bytes that had to change differ.
type Edit struct {
	Before, After []byte
	// Line and Column, from 1, are where the text first changes, or where it already says
	// what is wanted; 0 where there is no such place.
	Line, Column int
	// Why says in a few words what was done, or why nothing had to be.
	Why string
}

// Changed reports whether the edit changes the text.
func (e Edit) Changed() bool { return !bytes.Equal(e.Before, e.After) }

// EditError is why a text was not edited. Nothing was changed.
type EditError struct {
	// Path is the file; whoever edits bytes without a name leaves it empty.
	Path string
	// Line and Column, from 1, are the place that speaks against the edit.
	Line, Column int
	Reason       string
	// Hint is what to do instead, for a line of its own; it may be empty.
	Hint string
}

// Error returns "path:line:column: reason".
func (e *EditError) Error() string {
	text := fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Reason)
	if e.Path != "" {
		text = e.Path + ":" + text
	}
	return text
}
