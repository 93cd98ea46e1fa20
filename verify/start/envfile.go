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

	file *origin
	src  []byte
	i    int
	// value is what was read of the current value, solid how much of it without blanks at its end.
	value text
	solid int
}

func parseEnvFile(f source.File) *envFile {
	p := &envFile{file: newOrigin(f), src: f.Data}
	for p.i = p.file.BOM; p.i < len(p.src); {
		switch c := p.src[p.i]; {
		case isBlank(c):
			p.i++
		case c == '#' || c == ';':
			p.comment()
		default:
			p.assignment()
		}
	}
	return p
}

// comment skips to the end of the line. Up to systemd 253 a backslash there made the next
// line part of the comment; from 254 on, as here, it does not.
func (p *envFile) comment() {
	for ; p.i < len(p.src) && !isNewline(p.src[p.i]); p.i++ {
	}
	if p.i < len(p.src) && p.src[p.i-1] == '\\' {
		p.problem(source.Suspect, p.i, "a comment that ends in a backslash: up to systemd 253 the next line is part of it")
	}
}

// assignment reads NAME=VALUE, and takes it where the name is one.
func (p *envFile) assignment() {
	at := p.i
	for ; p.i < len(p.src) && p.src[p.i] != '='; p.i++ {
		if isNewline(p.src[p.i]) {
			p.problem(source.Ignored, at, "a line without \"=\" sets no variable")
			return
		}
	}
	if p.i == len(p.src) {
		return
	}
	name := strings.TrimRight(string(p.src[at:p.i]), " \t")
	p.i++
	p.readValue()
	if p.value = p.value.cut(0, p.solid); len(p.value.at) == 0 {
		p.value.at = []int{at}
	}
	if !isVariableName(name) {
		hint := ""
		if strings.HasPrefix(name, "export ") {
			hint = ` ("export" is not known there)`
		}
		p.problem(source.Ignored, at, fmt.Sprintf("Ignoring invalid environment assignment '%s=%s'%s", name, p.value, hint))
		return
	}
	line, column := p.file.Position(at)
	p.variables = append(p.variables, variable{name, p.value, source.At(source.Environment, p.file.path, line, column)})
}

// readValue reads a value up to the end of its last line. Quotes count until something bare
// comes; blanks between and before them do not.
func (p *envFile) readValue() {
	p.value, p.solid = text{from: p.file}, 0
	bare := false
	for ; p.i < len(p.src); p.i++ {
		switch c := p.src[p.i]; {
		case isNewline(c):
			return
		case c == '\\':
			if bare {
				p.solid = len(p.value.bytes)
			}
			bare = true
			if p.i++; p.i < len(p.src) && !isNewline(p.src[p.i]) {
				p.add(p.i)
			}
		case !bare && (c == '\'' || c == '"'):
			p.quoted(c)
		case !isBlank(c):
			bare = true
			p.add(p.i)
		case bare:
			p.value.add(c, p.i)
		}
	}
}

// quoted reads up to the closing quote. Only a double one has escapes.
func (p *envFile) quoted(quote byte) {
	for p.i++; p.i < len(p.src) && p.src[p.i] != quote; p.i++ {
		if p.src[p.i] == '\\' && quote == '"' {
			if p.i++; p.i == len(p.src) || isNewline(p.src[p.i]) {
				continue
			}
			if strings.IndexByte("\"\\`$", p.src[p.i]) < 0 {
				p.add(p.i - 1)
			}
		}
		p.add(p.i)
	}
}

// add takes over a byte that is not a blank at the end.
func (p *envFile) add(at int) {
	p.value.add(p.src[at], at)
	p.solid = len(p.value.bytes)
}

func (p *envFile) problem(effect source.Effect, at int, message string) {
	line, column := p.file.Position(at)
	p.problems = append(p.problems, source.Problem{
		Code: CodeUnitIgnored, Effect: effect, At: source.At(source.Environment, p.file.path, line, column), Message: message,
	})
}

func isNewline(c byte) bool { return c == '\n' || c == '\r' }

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
