package logscan

import "bytes"

// json takes a line of JSON that another program wrote: an object or a list in it, or one
// of the lines that make one up.
func (t *textReader) json(line []byte) (handled bool, err error) {
	if t.object == nil {
		// The brackets of a list around entries, and the commas between them, are left out.
		text := bytes.Trim(line, " \t,\x1e")
		opened := depth(text)
		for opened > 0 && len(text) > 1 && text[0] == '[' {
			text, opened = bytes.TrimLeft(text[1:], " "), opened-1
		}
		if opened <= 0 && bytes.IndexByte(text, '{') >= 0 {
			return t.objects(text)
		}
		if opened <= 0 || text[len(text)-1] == '[' {
			return opened > 0, nil // a list whose elements follow
		}
		t.object, t.open = append([]byte{}, text...), opened
		return true, nil
	}
	text := bytes.TrimSpace(line)
	if len(text) > 0 && text[len(text)-1] == '[' || len(t.object)+len(text) > maxLine {
		t.object = nil // what enclosed a list of entries
		return true, nil
	}
	t.open += depth(text)
	t.object = append(append(t.object, '\n'), text...)
	if t.open > 0 {
		return true, nil
	}
	whole := t.object
	t.object = nil
	_, err = t.objects(whole)
	return true, err
}

// objects hands over the entries of complete JSON.
func (t *textReader) objects(text []byte) (found bool, err error) {
	found = eachObject(text, func(e Entry) {
		if err == nil {
			err = t.framed(e)
		}
	})
	return found, err
}

// framed hands over the message of an entry that has fields of its own: the message may be
// a record, with a frame within, or what systemd or a kubelet without logging wrote.
func (t *textReader) framed(e Entry) error {
	if e.Unit == "" && e.Identifier == "" { // Docker: the parts follow each other
		goesOn := t.split
		if t.split, e.Split = e.Split, false; goesOn {
			t.given = t.l.lines
			return nil
		}
	}
	line := e.Message
	if t.l.altered || bytes.IndexByte(line, '\x1b') >= 0 {
		line = t.plain(line)
		e.Message = line
	}
	r, ok := findRecord(line, 0)
	switch {
	case ok && !r.nested(line):
		t.stats.Records++
		row, begins := t.match.candidate(line[r.text:])
		if r.at == 0 && (begins || row != nil && !row.bulk() && r.endsBroken(line)) {
			e.Damage = Cut
		}
		return t.hand(e, r)
	case t.match.findSystemd(e.Identifier, line) != nil:
		t.stats.Records++
	default:
		if more, ok := t.further(line); ok {
			e.Message = more
			t.stats.Records++
			return t.give(e)
		}
		at := t.match.findBare(line)
		if at < 0 {
			return nil
		}
		t.stats.Records++
		e.Message = line[at:]
	}
	return t.entry(e)
}

// verbose takes a line of journalctl -o verbose: four blanks, a field, its value.
func (t *textReader) verbose(line []byte) (handled bool, err error) {
	if len(line) > 5 && string(line[:4]) == "    " && (line[4] == '_' || line[4] >= 'A' && line[4] <= 'Z') {
		if name, value, ok := bytes.Cut(line[4:], []byte{'='}); ok && fieldName(name) {
			if t.fields == nil {
				t.fields = &journalFields{}
			}
			t.fields.set(name, bytes.Clone(value))
			return true, nil
		}
	}
	return false, t.flushFields()
}

func (t *textReader) flushFields() error {
	if t.fields == nil {
		return nil
	}
	e := t.fields.entry()
	t.fields = nil
	if len(e.Message) == 0 {
		return nil
	}
	return t.framed(e)
}
