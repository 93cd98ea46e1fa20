package runtimecfg

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	burnt "github.com/BurntSushi/toml"
	gotoml1 "github.com/pelletier/go-toml"
	gotoml2 "github.com/pelletier/go-toml/v2"
	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
)

// reader is the TOML library with which a daemon reads its files. It decides whether a text
// is accepted and what it means, and its errors are the daemon's own words.
type reader struct {
	decode tomldoc.Decode
	// fault places an error of decode and takes the place out of its words. Line and column
	// count from 1, the column in bytes; the line is 0 where the library does not tell.
	fault func(err error) (line, column int, message string)
	// maxTables bounds the tables of a text for a library that needs the square of their
	// number (go-toml: 0.7 s for 16,000); 0 for one that does not.
	maxTables int
}

// burntSushi is the reader of CRI-O.
func burntSushi() reader {
	return reader{
		decode: func(data []byte, v any) error { _, err := burnt.Decode(string(data), v); return err },
		fault: func(err error) (int, int, string) {
			var at burnt.ParseError
			if errors.As(err, &at) {
				return at.Position.Line, at.Position.Col, at.Message
			}
			line := 0
			_, _ = fmt.Sscanf(err.Error(), "toml: line %d ", &line)
			return line, 0, plainWords(err)
		},
	}
}

// goTOML2 is the reader of containerd 2.
func goTOML2() reader {
	return reader{
		maxTables: 4000,
		decode:    func(data []byte, v any) error { return gotoml2.Unmarshal(data, v) },
		fault: func(err error) (line, column int, message string) {
			var at *gotoml2.DecodeError
			if errors.As(err, &at) {
				line, column = at.Position()
			}
			return line, column, plainWords(err)
		},
	}
}

// goTOML1 is the reader of containerd 1.
func goTOML1() reader {
	return reader{maxTables: 4000, decode: decodeGoTOML1, fault: func(err error) (line, column int, message string) {
		message = plainWords(err)
		if n, _ := fmt.Sscanf(message, "(%d, %d): ", &line, &column); n == 2 {
			_, message, _ = strings.Cut(message, "): ")
		}
		return line, column, message
	}}
}

func decodeGoTOML1(data []byte, v any) error {
	tree, err := gotoml1.LoadBytes(data)
	if err != nil {
		return err
	}
	if m, ok := v.(*map[string]any); ok {
		*m = tree.ToMap()
		return nil
	}
	return tree.Unmarshal(v)
}

// plainWords takes from an error what depends on our own types or repeats the place:
// `toml: line 3 (last key "a.b"): `, the name of a Go struct.
func plainWords(err error) string {
	text := strings.TrimPrefix(err.Error(), "toml: ")
	if strings.HasPrefix(text, "line ") || strings.HasPrefix(text, "(last key ") {
		if _, rest, ok := strings.Cut(text, "): "); ok {
			text = rest
		}
	}
	if head, rest, ok := strings.Cut(text, " into struct field "); ok {
		if i := strings.LastIndex(rest, " of type "); i >= 0 {
			text = head + " into a field" + rest[i:]
		}
	}
	return strings.Replace(text, "type mismatch for struct {}:", "type mismatch:", 1)
}

// read decodes a text and finds its places. The error is the reader's, with the column in
// characters. doc is nil where our scanner stumbles over a text that the reader accepts. A
// text that is too large for the reader is not handed to it.
func (r reader) read(src []byte) (doc *tomldoc.Doc, all map[string]any, fault *tomldoc.Error) {
	doc, err := tomldoc.Scan(src)
	var scan *tomldoc.Error
	switch {
	case errors.As(err, &scan) && scan.TooLarge:
		return nil, nil, scan
	case doc != nil && r.maxTables > 0 && doc.Tables() > r.maxTables:
		return nil, nil, &tomldoc.Error{Line: 1, Column: 1, Reason: fmt.Sprintf("more than %d tables", r.maxTables), TooLarge: true}
	}
	all = map[string]any{}
	if err = r.decode(src, &all); err == nil {
		return doc, all, nil
	}
	e := r.placed(src, err)
	if e.Line == 0 && scan != nil {
		e.Line, e.Column, e.Offset = scan.Line, scan.Column, scan.Offset
	}
	return nil, nil, e
}

func (r reader) placed(src []byte, err error) *tomldoc.Error {
	line, column, message := r.fault(err)
	e := &tomldoc.Error{Line: line, Reason: message}
	if line == 0 {
		return e
	}
	e.Offset = lineOffset(src, line)
	if column > 0 {
		// BurntSushi places some errors behind the line: then the line's first key is meant.
		text, _, _ := bytes.Cut(src[e.Offset:], []byte("\n"))
		if column > len(text) {
			column = len(text) - len(bytes.TrimLeft(text, " \t")) + 1
		}
		e.Offset += column - 1
		e.Line, e.Column = tomldoc.Position(src, e.Offset)
	}
	return e
}

func lineOffset(src []byte, line int) int {
	offset := 0
	for ; line > 1; line-- {
		n := bytes.IndexByte(src[offset:], '\n')
		if n < 0 {
			return len(src)
		}
		offset += n + 1
	}
	return offset
}
