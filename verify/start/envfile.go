package start

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// envFile is an environment file as systemd loads it (systemd 252, src/basic/env-file.c):
// comments with # and ;, values in quotes or bare, a backslash before a line break joins
// lines, quotes in the middle of a bare value are part of it. A later setting of the same
// name comes later in variables.
type envFile struct {
	variables []variable
	problems  []source.Problem

	file  *origin
	state envState
	key   []byte
	keyAt int
	value text
	// solid is how long the value is without blanks at its end.
	solid int
	// escapedComment reports whether the last byte of a comment is a backslash.
	escapedComment bool
}

func parseEnvFile(f source.File) *envFile {
	p := &envFile{file: newOrigin(f)}
	p.value.from = p.file
	for i := p.file.bom; i < len(f.Data); i++ {
		p.step(f.Data[i], i)
	}
	if p.state != envKey && p.state != envComment { // also inside of quotes
		p.finish()
	}
	return p
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

func (p *envFile) step(c byte, at int) {
	switch p.state {
	case envKey:
		p.stepKey(c, at)
	case envComment:
		p.stepComment(c, at)
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

// stepComment ends a comment at the end of its line. Up to systemd 253 a backslash there
// made the next line part of the comment; from 254 on, as here, it does not.
func (p *envFile) stepComment(c byte, at int) {
	if isNewline(c) {
		p.state = envKey
		if p.escapedComment {
			p.problem(source.Suspect, at, "a comment that ends in a backslash: up to systemd 253 the next line is part of it")
		}
	}
	p.escapedComment = c == '\\'
}

func (p *envFile) problem(effect source.Effect, at int, message string) {
	line, column := p.file.position(at)
	p.problems = append(p.problems, source.Problem{
		Code: CodeUnitIgnored, Effect: effect, At: source.At(source.Environment, p.file.path, line, column), Message: message,
	})
}

// finish takes the variable, if its name is one.
func (p *envFile) finish() {
	name := strings.TrimRight(string(p.key), " \t")
	p.value = p.value.cut(0, p.solid)
	if len(p.value.at) == 0 {
		p.value.at = []int{p.keyAt}
	}
	if isVariableName(name) {
		line, column := p.file.position(p.keyAt)
		p.variables = append(p.variables, variable{name, p.value, source.At(source.Environment, p.file.path, line, column)})
	} else {
		hint := ""
		if _, exported := strings.CutPrefix(name, "export "); exported {
			hint = ` ("export" is not known there)`
		}
		p.problem(source.Ignored, p.keyAt, fmt.Sprintf("Ignoring invalid environment assignment '%s=%s'%s", name, p.value, hint))
	}
	p.key, p.state = nil, envKey
}
