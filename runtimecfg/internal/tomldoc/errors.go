package tomldoc

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Error is a refusal: of a text that is no TOML, or of an edit that cannot be made safely.
type Error struct {
	// Line and Column count from 1, the column in characters.
	Line, Column int
	// Offset is the byte that Line and Column mean.
	Offset int
	// Reason says what is wrong, in lower case.
	Reason string
	// Unsure tells that the dialect's own reader may well take the text: BurntSushi v1.6.0
	// reads six quotes at the end of a multi-line string when an escape stands before them.
	Unsure bool
	// Edit tells that the text is readable and only the edit was refused.
	Edit bool
}

// Error gives "line:column: reason", to be put behind a file name and a colon.
func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Reason) }

// errorAt refuses a text.
func (d *Doc) errorAt(offset int, format string, args ...any) *Error {
	line, column := d.Pos(offset)
	return &Error{Line: line, Column: column, Offset: offset, Reason: fmt.Sprintf(format, args...)}
}

// refuseEdit says that a readable text cannot be edited as wished.
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
	e := d.errorAt(offset, "%s", where.Message)
	e.Unsure = d.dialect == BurntSushi && strings.HasPrefix(where.Message, "too many quotes")
	return e
}
