package kubeletcfg

import "strings"

// Variable is an environment variable and where it is set.
type Variable struct {
	Name, Value string
	Place       Place
	value       traced
}

// ParseEnvironmentFile reads a file of EnvironmentFile= as systemd does (systemd 252,
// src/basic/env-file.c): comments with # and ;, values in quotes or bare, a backslash
// before a line break joins lines, quotes in the middle of a bare value are part of it.
// A later setting of the same name comes later in the result. Lines that set nothing are
// ignored. (A comment that ends in a backslash goes on in the next line up to systemd
// 253; from 254, as here, it does not.)
func ParseEnvironmentFile(f TextFile) []Variable {
	p := envParser{file: traceFile(f)}
	p.value.from = p.file
	src := f.Data
	for i := p.file.text.bom; i < len(src); i++ {
		p.step(src[i], i)
	}
	if p.state != envKey && p.state != envComment { // also inside of quotes
		p.finish()
	}
	return p.out
}

type envState int

const (
	envKey envState = iota
	envComment
	envPreValue
	envValue
	envValueEscape
	envSingle
	envDouble
	envDoubleEscape
)

type envParser struct {
	file  *tracedFile
	state envState
	key   []byte
	keyAt int
	value traced
	// solid is how long the value is without blanks at its end.
	solid int
	out   []Variable
}

func (p *envParser) step(c byte, at int) {
	switch p.state {
	case envKey:
		p.stepKey(c, at)
	case envComment:
		if isNewline(c) {
			p.state = envKey
		}
	case envPreValue:
		p.stepPreValue(c, at)
	case envValue:
		switch {
		case isNewline(c):
			p.finish()
		case c == '\\':
			p.state = envValueEscape
			p.solid = len(p.value.bytes)
		default:
			p.add(c, at)
		}
	case envValueEscape:
		p.state = envValue
		if !isNewline(c) {
			p.add(c, at)
			p.solid = len(p.value.bytes)
		}
	case envSingle:
		if c == '\'' {
			p.state = envPreValue
		} else {
			p.addQuoted(c, at)
		}
	case envDouble:
		switch c {
		case '"':
			p.state = envPreValue
		case '\\':
			p.state = envDoubleEscape
		default:
			p.addQuoted(c, at)
		}
	case envDoubleEscape:
		p.state = envDouble
		if strings.IndexByte("\"\\`$", c) >= 0 {
			p.addQuoted(c, at)
		} else if !isNewline(c) {
			p.addQuoted('\\', at-1)
			p.addQuoted(c, at)
		}
	}
}
