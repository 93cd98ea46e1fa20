package start

import "github.com/plegctl/plegctl/verify/source"

func isNewline(c byte) bool { return c == '\n' || c == '\r' }

func (p *envFile) stepKey(c byte, at int) {
	switch {
	case len(p.key) == 0 && (c == '#' || c == ';'):
		p.state = envComment
	case isNewline(c):
		if len(p.key) > 0 {
			p.problem(source.Ignored, p.keyAt, "a line without \"=\" sets no variable")
		}
		p.key = nil
	case c == '=':
		p.state = envPreValue
		p.value = text{from: p.file}
		p.solid = 0
	case len(p.key) > 0 || !isBlank(c):
		if len(p.key) == 0 {
			p.keyAt = at
		}
		p.key = append(p.key, c)
	}
}

func (p *envFile) stepPreValue(c byte, at int) {
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
func (p *envFile) add(c byte, at int) {
	p.value.add(c, at)
	if !isBlank(c) {
		p.solid = len(p.value.bytes)
	}
}

func (p *envFile) addQuoted(c byte, at int) {
	p.value.add(c, at)
	p.solid = len(p.value.bytes)
}

// isVariableName reports whether systemd takes a name for a variable.
func isVariableName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
