package start

import (
	"bytes"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/plegctl/plegctl/verify/source"
)

// shellWord is one word of a shell line while it is resolved: the fields that it becomes.
type shellWord struct {
	reader shellReader
	// whole reports whether values are not split into fields, as in an assignment.
	whole  bool
	fields []word
	// open reports whether the last field may go on, equals whether it has a "=".
	open, equals bool
	reason       string
}

// word resolves the parts of a word.
func (r shellReader) word(parts []syntax.WordPart, whole bool) *shellWord {
	w := &shellWord{reader: r, whole: whole}
	w.parts(parts, false)
	return w
}

// joined returns the fields of a word that is not split.
func (w *shellWord) joined(at text) text {
	if len(w.fields) == 0 {
		return text{from: at.from, at: at.at[:1]}
	}
	return w.fields[0].text
}

func (w *shellWord) parts(parts []syntax.WordPart, quoted bool) {
	for _, part := range parts {
		from, to := int(part.Pos().Offset()), int(part.End().Offset())
		switch part := part.(type) {
		case *syntax.Lit:
			w.literal(from, to, quoted)
		case *syntax.SglQuoted:
			if part.Dollar {
				w.reason = "it has a $'' text"
			}
			w.append(w.reader.line.cut(from+1, to-1))
		case *syntax.DblQuoted:
			w.append(w.reader.line.cut(from, from)) // an empty one is a field too
			w.parts(part.Parts, true)
		case *syntax.ParamExp:
			w.parameter(part, from, quoted)
		default:
			w.unknown(from, to, quoted, "the shell computes it when the unit starts")
		}
		if w.reason != "" {
			return
		}
	}
}

// current returns the field that goes on, at a place of the line.
func (w *shellWord) current(at text) *word {
	if !w.open {
		w.fields = append(w.fields, word{text: text{from: at.from}})
		w.open, w.equals = true, false
	}
	return &w.fields[len(w.fields)-1]
}

func (w *shellWord) append(t text) {
	field := w.current(t)
	if len(field.at) == 1 && len(field.bytes) == 0 {
		field.at = nil
	}
	if len(t.bytes) == 0 && len(field.at) == 0 {
		field.at = append(field.at, t.at...)
		return
	}
	for i, c := range t.bytes {
		field.add(c, t.at[i])
		w.equals = w.equals || c == '='
	}
}

// literal appends text as it is written, without its backslashes.
func (w *shellWord) literal(from, to int, quoted bool) {
	line := w.reader.line
	if !quoted && !w.open && line.bytes[from] == '~' {
		w.reason = "it has a ~"
		return
	}
	for i := from; i < to; i++ {
		c := line.bytes[i]
		if c == '\\' && i+1 < len(line.bytes) && line.bytes[i+1] == '\n' {
			i++ // a continued line; the parser may end the literal before the break
			continue
		}
		if c != '\\' || i+1 >= to {
			if w.append(line.cut(i, i+1)); !quoted && !w.whole && strings.IndexByte("*?[", c) >= 0 {
				w.pattern(c)
			}
			continue
		}
		next := line.bytes[i+1]
		switch {
		case !quoted || strings.IndexByte("$`\"\\", next) >= 0:
			i++
			w.append(line.cut(i, i+1))
		default:
			w.append(line.cut(i, i+1))
		}
	}
}

// pattern notes that the shell may put the names of files in the place of the current field.
func (w *shellWord) pattern(c byte) {
	why := fmt.Sprintf("%c: the shell puts the names of files in the place of a pattern", c)
	if w.fields[len(w.fields)-1].unknown = why; !w.equals {
		w.reason = why
	}
}

// unknown appends text that cannot be resolved. On its own it may be any words.
func (w *shellWord) unknown(from, to int, quoted bool, why string) {
	t := w.reader.line.cut(from, to)
	if !quoted && !w.whole && (!w.open || !w.equals) {
		w.reason = fmt.Sprintf("%s: %s", t, why)
		return
	}
	w.append(t)
	w.fields[len(w.fields)-1].text.unknown = fmt.Sprintf("%s: %s", t, why)
}

// parameter resolves $NAME and ${NAME}, also with a default.
func (w *shellWord) parameter(e *syntax.ParamExp, from int, quoted bool) {
	line := w.reader.line
	to := int(e.End().Offset())
	plain := e.Param != nil && isVariableName(e.Param.Value) && e.Flags == nil && !e.Excl && !e.Length && !e.Width && !e.IsSet &&
		e.Index == nil && e.Slice == nil && e.Repl == nil && e.Names == 0
	if !plain {
		w.unknown(from, to, quoted, "the shell computes it when the unit starts")
		return
	}
	value := w.reader.env.lookUp(e.Param.Value)
	if e.Exp != nil {
		missing := value.from == nil || len(value.bytes) == 0 && e.Exp.Op == syntax.DefaultUnsetOrNull
		if value.unknown != "" || e.Exp.Op != syntax.DefaultUnset && e.Exp.Op != syntax.DefaultUnsetOrNull {
			w.unknown(from, to, quoted, "the shell computes it when the unit starts")
			return
		}
		if missing {
			if e.Exp.Word != nil {
				w.parts(e.Exp.Word.Parts, quoted)
			}
			return
		}
	}
	if value.unknown != "" {
		w.unknown(from, to, quoted, value.unknown)
		return
	}
	if quoted || w.whole {
		here := line.cut(from, from)
		here.join(value.String(), here.at[0])
		here.at = here.at[len(here.at)-len(here.bytes):]
		if len(here.bytes) > 0 {
			w.append(here)
		}
		return
	}
	w.split(value, from, to)
}

// split appends an unquoted value: blanks separate fields, quotes in it are plain text.
func (w *shellWord) split(value text, from, to int) {
	line := w.reader.line
	via := fmt.Sprintf("%s in %s", line.bytes[from:to], line.position(source.Flag).Location())
	for i := 0; i < len(value.bytes); {
		if isBlank(value.bytes[i]) {
			w.open = false
			i++
			continue
		}
		end := i
		for end < len(value.bytes) && !isBlank(value.bytes[end]) {
			end++
		}
		if w.open { // goes on in the word of the line
			here := text{from: line.from}
			here.join(string(value.bytes[i:end]), line.at[from])
			w.append(here)
		} else {
			w.fields = append(w.fields, word{text: value.cut(i, end), via: via})
			w.open, w.equals = true, bytes.IndexByte(value.bytes[i:end], '=') >= 0
		}
		i = end
	}
}
