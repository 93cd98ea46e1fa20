package start

import (
	"bytes"
	"fmt"

	"github.com/plegctl/plegctl/verify/source"
)

// option is one assignment in a unit file.
type option struct {
	section, name string
	value         text
	// fragment reports whether it is in the unit file itself, not in a drop-in. A setting
	// that cannot be parsed there makes systemd refuse the unit; in a drop-in it only ends
	// the reading of that drop-in (systemd 252, src/core/load-dropin.c).
	fragment bool
}

// unitParser reads one file of a unit. The rules are those of systemd 252,
// src/shared/conf-parser.c: comments start with # or ; (also between continued lines), a
// backslash at the very end of a line becomes a space and the next line, without its
// leading blanks, is added.
type unitParser struct {
	file     *origin
	fragment bool
	section  string
	// broken reports whether systemd stops to read the file.
	broken   bool
	options  []option
	problems []source.Problem
}

func parseUnitFile(f source.File, fragment bool) *unitParser {
	p := &unitParser{file: newOrigin(f), fragment: fragment}
	src := p.file.Src
	logical := text{from: p.file}
	continued := false
	for i := p.file.BOM; i < len(src) && !p.broken; {
		end := i
		for end < len(src) && src[end] != '\n' && src[end] != '\r' {
			end++
		}
		from := i
		for from < end && isBlank(src[from]) {
			from++
		}
		if i = end + 1; end+1 < len(src) && src[end] == '\r' && src[end+1] == '\n' {
			i++
		}
		if from < end && (src[from] == '#' || src[from] == ';') {
			continue
		}
		if !continued {
			logical = text{from: p.file}
		}
		for at := from; at < end; at++ {
			logical.add(src[at], at)
		}
		if continued = endsEscaped(src[from:end]); continued {
			logical.bytes[len(logical.bytes)-1] = ' '
			continue
		}
		p.line(logical)
	}
	if continued && !p.broken {
		p.line(logical)
	}
	return p
}

// endsEscaped reports whether the last byte is a backslash that is not itself escaped.
func endsEscaped(line []byte) bool {
	trimmed := bytes.TrimRight(line, `\`)
	return (len(line)-len(trimmed))%2 == 1
}

func (p *unitParser) line(line text) {
	line = line.trim()
	if len(line.bytes) == 0 {
		return
	}
	at := line.position(source.ConfigFile)
	if line.bytes[0] == '[' {
		if line.bytes[len(line.bytes)-1] != ']' {
			p.refuse(at, fmt.Sprintf("Invalid section header '%s'", line.bytes))
			return
		}
		p.section = string(line.bytes[1 : len(line.bytes)-1])
		return
	}
	equals := bytes.IndexByte(line.bytes, '=')
	switch {
	case p.section == "":
		p.ignored(at, "Assignment outside of section, ignoring")
	case equals < 0:
		p.ignored(at, "Missing '=', ignoring line")
	default:
		name := line.cut(0, equals).trim().String()
		p.checkName(at, name)
		p.options = append(p.options, option{p.section, name, line.cut(equals+1, len(line.bytes)).trim(), p.fragment})
	}
}

// refuse ends the reading of the file as systemd does.
func (p *unitParser) refuse(at source.Position, message string) {
	p.broken = true
	p.problems = append(p.problems, refused(at, message, p.fragment))
}

func (p *unitParser) ignored(at source.Position, message string) {
	p.problems = append(p.problems, source.Problem{Code: CodeUnitIgnored, Effect: source.Ignored, At: at, Message: message})
}

// refused is a line that systemd cannot take: fatal in the unit file, the end of a drop-in.
func refused(at source.Position, message string, fragment bool) source.Problem {
	if fragment {
		return source.Problem{Code: CodeUnitRefused, Effect: source.Fatal, At: at, Message: message}
	}
	return source.Problem{Code: CodeUnitIgnored, Effect: source.Ignored, At: at, Message: message + ": systemd ignores the rest of this drop-in"}
}

// checkName reports a setting of this package that is written in the wrong case or in the
// wrong section: systemd ignores it.
func (p *unitParser) checkName(at source.Position, name string) {
	for _, known := range serviceSettings() {
		switch {
		case name == known && p.section != "Service" && !isExtension(p.section):
			p.ignored(at, fmt.Sprintf("Unknown key name '%s' in section '%s', ignoring", name, p.section))
		case name != known && p.section == "Service" && bytes.EqualFold([]byte(name), []byte(known)):
			p.ignored(at, fmt.Sprintf("Unknown key name '%s' in section 'Service', ignoring (it is spelled %s)", name, known))
		}
	}
}

// isExtension reports whether systemd skips a section without a word ("X-Example").
func isExtension(section string) bool { return len(section) > 1 && section[:2] == "X-" }

// serviceSettings are the settings of [Service] that decide how a program is started.
func serviceSettings() []string {
	return append(otherFiles(), "ExecStart", "Environment", "EnvironmentFile", "PassEnvironment", "UnsetEnvironment",
		"WorkingDirectory", "Type", "RemainAfterExit")
}
