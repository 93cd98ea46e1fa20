// Package tomldoc finds the place of every key and value in TOML text, and edits one key of
// it by splicing bytes, so that nothing else of the text changes.
//
// Whether a text is accepted, and what it means, is not decided here but by the TOML library
// of the daemon that reads it: callers pass it as a [Decode], and every edit is held against
// it. This package never re-encodes a document, because every Go encoder drops comments.
//
// Start with [Scan], [Doc.Find], [SetBool] and [Remove].
package tomldoc

import "bytes"

// Decode is the TOML library of a daemon.
type Decode func(data []byte, v any) error

// Doc is one scanned document.
type Doc struct {
	Root *Node

	src    []byte
	stmts  []stmt
	lines  lineIndex
	tables int
}

// Scan cuts a text into statements and arranges them as a tree. It is wider than TOML:
// duplicate keys pass, and the first one stays. An error is an [*Error] with its position.
func Scan(src []byte) (*Doc, error) {
	d := &Doc{src: src, lines: newLineIndex(src)}
	scanned := d.scan(d.bom())
	// The statements before an error are built too: they may already be too many.
	if err := d.build(); err != nil {
		return nil, err
	}
	if scanned != nil {
		return nil, scanned
	}
	return d, nil
}

// Tables is the number of table headers and of inline tables.
func (d *Doc) Tables() int { return d.tables }

// Pos turns a byte offset into a line and a column, both from 1; the column counts
// characters, and a byte order mark counts as none.
func (d *Doc) Pos(offset int) (line, column int) { return d.lines.pos(d.src, offset) }

// bom is the length of the byte order mark. BurntSushi also skips those of UTF-16
// (parse.go of v1.6.0).
func (d *Doc) bom() int {
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(d.src, []byte(mark)) {
			return len(mark)
		}
	}
	return 0
}
