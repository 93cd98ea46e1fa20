package kubeletcfg

import (
	"bytes"
	"strings"
)

// Unit is a systemd unit: its file and its unit drop-ins, laid over each other.
type Unit struct {
	options []option
}

// option is one assignment.
type option struct {
	section, name string
	value         traced
}

// ParseUnit reads a unit file and its unit drop-ins, in the order in which systemd
// applies them. Lines that systemd would ignore are ignored: options outside of a
// section, lines without "=". Specifiers (%i) are left as they are.
//
// The rules are those of systemd 252, src/shared/conf-parser.c: comments start with # or
// ; (also between continued lines), a backslash at the very end of a line becomes a space
// and the next line, without its leading blanks, is added.
func ParseUnit(files ...TextFile) Unit {
	var u Unit
	for _, f := range files {
		u.options = append(u.options, parseUnitFile(traceFile(f))...)
	}
	return u
}

// Value is the last value of an option and its place, "" where it's not set.
func (u Unit) Value(section, name string) (string, Place) {
	for i := len(u.options) - 1; i >= 0; i-- {
		if o := u.options[i]; o.section == section && o.name == name {
			return o.value.String(), o.value.place()
		}
	}
	return "", Place{}
}

// all lists the values of an option of [Service] since it was last reset by an empty one.
func (u Unit) all(name string) []traced {
	var out []traced
	for _, o := range u.options {
		switch {
		case o.section != "Service" || o.name != name:
		case len(o.value.bytes) == 0:
			out = nil
		default:
			out = append(out, o.value)
		}
	}
	return out
}

func parseUnitFile(f *tracedFile) []option {
	var out []option
	section := ""
	logical := traced{from: f}
	continued := false
	src := f.text.src
	for i := f.text.bom; i < len(src); {
		end := i
		for end < len(src) && src[end] != '\n' && src[end] != '\r' {
			end++
		}
		from := i
		for from < end && isBlank(src[from]) {
			from++
		}
		i = end
		if end < len(src) {
			i += breakLen(src, end)
		}
		if from < end && (src[from] == '#' || src[from] == ';') {
			continue
		}
		if !continued {
			logical = traced{from: f}
		}
		for at := from; at < end; at++ {
			logical.add(src[at], at)
		}
		if continued = endsEscaped(logical.bytes); continued {
			logical.bytes[len(logical.bytes)-1] = ' '
			continue
		}
		out = addOption(out, &section, logical)
	}
	if continued {
		out = addOption(out, &section, logical)
	}
	return out
}

// endsEscaped tells that the last byte is a backslash that is not itself escaped.
func endsEscaped(line []byte) bool {
	trimmed := bytes.TrimRight(line, `\`)
	return (len(line)-len(trimmed))%2 == 1
}

func addOption(out []option, section *string, line traced) []option {
	line = line.trim()
	if len(line.bytes) == 0 {
		return out
	}
	if line.bytes[0] == '[' {
		*section = strings.TrimSuffix(string(line.bytes[1:]), "]")
		return out
	}
	equals := bytes.IndexByte(line.bytes, '=')
	if equals < 0 || *section == "" {
		return out
	}
	name := line.cut(0, equals).trim().String()
	return append(out, option{*section, name, line.cut(equals+1, len(line.bytes)).trim()})
}
