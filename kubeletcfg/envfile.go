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

func isNewline(c byte) bool { return c == '\n' || c == '\r' }

func (p *envParser) stepKey(c byte, at int) {
	switch {
	case len(p.key) == 0 && (c == '#' || c == ';'):
		p.state = envComment
	case isNewline(c):
		p.key = nil
	case c == '=':
		p.state = envPreValue
		p.value = traced{from: p.file}
		p.solid = 0
	case len(p.key) > 0 || !isBlank(c):
		if len(p.key) == 0 {
			p.keyAt = at
		}
		p.key = append(p.key, c)
	}
}

func (p *envParser) stepPreValue(c byte, at int) {
	switch {
	case isNewline(c):
		p.finish()
	case c == '\'':
		p.state = envSingle
	case c == '"':
		p.state = envDouble
	case c == '\\':
		p.state = envValueEscape
	case !isBlank(c):
		p.state = envValue
		p.add(c, at)
	}
}

// add appends to a bare value; blanks at its end will be dropped.
func (p *envParser) add(c byte, at int) {
	p.value.add(c, at)
	if !isBlank(c) {
		p.solid = len(p.value.bytes)
	}
}

func (p *envParser) addQuoted(c byte, at int) {
	p.value.add(c, at)
	p.solid = len(p.value.bytes)
}

// finish takes the variable, if its name is one.
func (p *envParser) finish() {
	name := strings.TrimRight(string(p.key), " \t")
	p.value = p.value.cut(0, p.solid)
	if variableName(name) {
		line, column := p.file.text.position(p.keyAt)
		place := Place{Path: p.file.path, Line: line, Column: column}
		p.out = append(p.out, Variable{name, p.value.String(), place, p.value})
	}
	p.key, p.state = nil, envKey
}

func variableName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
