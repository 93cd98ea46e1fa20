// Package tomldoc reads TOML text with the place of every key and value, and edits one
// key of it by splicing bytes, so that nothing else of the text changes.
//
// It knows TOML and its two readers that matter on a node, no daemon: what a key means is
// the business of package runtimecfg. It never re-encodes a document, because every Go
// encoder drops comments.
//
// Start with [Parse], [Doc.Find], [SetBool] and [Remove].
package tomldoc

import "bytes"

// Dialect is the reader whose rules hold.
type Dialect int

const (
	// GoTOML is github.com/pelletier/go-toml/v2, the reader of containerd 2: strict about
	// definitions, no byte order mark.
	GoTOML Dialect = iota
	// BurntSushi is github.com/BurntSushi/toml, the reader of CRI-O: keys of a struct
	// match in any case, a byte order mark is skipped, and a table may be defined by
	// dotted keys and by a header.
	BurntSushi
)

// Doc is one parsed document.
type Doc struct {
	Root *Node

	src     []byte
	dialect Dialect
	stmts   []stmt
	lines   lineIndex
}

// Parse reads src by the rules of a dialect. A refusal is an [*Error] with its position.
//
// Both dialects are scanned with go-toml's parser, which gives positions. What may be
// defined twice is modelled here for both (strict.go, build.go), in linear time; fuzz
// targets hold the models against the two libraries.
func Parse(src []byte, dialect Dialect) (*Doc, error) {
	d := &Doc{src: src, dialect: dialect, lines: newLineIndex(src)}
	if err := d.scan(d.bom()); err != nil {
		return nil, err
	}
	if dialect == GoTOML {
		if err := d.strict(); err != nil {
			return nil, err
		}
	}
	if err := d.build(); err != nil {
		return nil, err
	}
	return d, nil
}

// Pos turns a byte offset into a line and a column, both from 1; the column counts
// characters, and a byte order mark counts as none.
func (d *Doc) Pos(offset int) (line, column int) { return d.lines.pos(d.src, offset) }

// bom is the length of the byte order mark that the dialect skips. BurntSushi also skips
// those of UTF-16 (parse.go of v1.6.0).
func (d *Doc) bom() int {
	if d.dialect == GoTOML {
		return 0
	}
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(d.src, []byte(mark)) {
			return len(mark)
		}
	}
	return 0
}
