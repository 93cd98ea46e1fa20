package kubeletcfg

import "strings"

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
