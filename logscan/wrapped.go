package logscan

// maxWrapped bounds how many lines one record may be wrapped over.
const maxWrapped = 64

// join adds a line to a record that ended in the middle.
func (t *textReader) join(line []byte) error {
	r, _ := findRecord(t.held, t.hint)
	sameFrame := r.at >= 6 && len(line) >= 6 && string(line[:6]) == string(t.held[:6])
	if sameFrame || t.heldLines == maxWrapped || len(t.held)+len(line) > maxLine {
		if err := t.flush(); err != nil {
			return err
		}
		return t.other(line)
	}
	t.stats.Wrapped++
	t.held = append(t.held, line...)
	t.heldLines++
	r, ok := findRecord(t.held, t.hint)
	row, begins := t.match.candidate(t.held[r.text:])
	if ok && !r.broken && !begins && !r.endsBroken(t.held) && !row.lacksKey(t.held[r.text:]) {
		return t.flush()
	}
	return nil
}

// flush hands over a record that was held.
func (t *textReader) flush() error {
	line, lines := t.held, t.heldLines
	t.held = nil
	r, ok := findRecord(line, t.hint)
	if !ok {
		return nil
	}
	row, begins := t.match.candidate(line[r.text:])
	switch {
	case r.broken, begins, row != nil && r.endsBroken(line):
		return t.hand(Entry{Message: line, Damage: Cut}, r)
	case row != nil && lines > 1:
		return t.hand(Entry{Message: line, Damage: Wrapped}, r)
	case row != nil:
		return t.hand(Entry{Message: line}, r)
	}
	return nil
}
