package tomldoc

import (
	"errors"
	"fmt"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Error is why a text was not scanned, or why an edit cannot be made safely.
type Error struct {
	// Line and Column count from 1, the column in characters.
	Line, Column int
	// Offset is the byte that Line and Column mean.
	Offset int
	// Reason says what is wrong.
	Reason string
	// TooLarge reports whether the text is too large for the TOML libraries to be decoded.
	TooLarge bool
	// Edit reports whether the text is readable and only the edit was refused.
	Edit bool
}

// Error returns "line:column: reason", to be put behind a file name and a colon.
func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Reason) }

func (d *Doc) line(n *Node) int {
	line, _ := d.Pos(n.at)
	return line
}

// errorAt refuses a text.
func (d *Doc) errorAt(offset int, format string, args ...any) *Error {
	line, column := d.Pos(offset)
	return &Error{Line: line, Column: column, Offset: offset, Reason: fmt.Sprintf(format, args...)}
}

// refuseEdit returns why a readable text cannot be edited as wished.
func (d *Doc) refuseEdit(offset int, format string, args ...any) *Error {
	err := d.errorAt(offset, format, args...)
	err.Edit = true
	return err
}

// scanError places an error of the scanner, whose data began at byte skip.
func (d *Doc) scanError(p *unstable.Parser, skip int) error {
	var where *unstable.ParserError
	if !errors.As(p.Error(), &where) {
		return d.errorAt(skip, "%s", p.Error())
	}
	offset := len(d.src)
	if where.Highlight != nil {
		offset = skip + cap(p.Data()) - cap(where.Highlight)
	}
	return d.errorAt(offset, "%s", where.Message)
}
