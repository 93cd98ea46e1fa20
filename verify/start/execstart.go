package start

import (
	"bytes"
	"path"
	"strings"
	"unicode"
)

// execCommand is one command of ExecStart=.
type execCommand struct {
	line text
	// program is the path as written; words are its arguments, argv[0] first.
	program text
	words   []text
	// literal reports whether variables are not resolved (the prefix ":").
	literal bool
}

// commands parses all of ExecStart= (systemd 252, config_parse_exec() in
// src/core/load-fragment.c).
func (u *unit) commands() []execCommand {
	var all []execCommand
	for _, o := range u.assignments("ExecStart") {
		commands, problem := u.execLine(o.value)
		all = append(all, commands...)
		if problem != "" {
			u.refuse(o, problem)
		}
	}
	return all
}

// execLine parses one ExecStart= line, which holds several commands where a lone ";"
// separates them. It returns the commands before the first one that systemd refuses.
func (u *unit) execLine(line text) (commands []execCommand, problem string) {
	for i := 0; ; {
		var c execCommand
		var more bool
		c, i, more, problem = u.execCommand(line, i)
		if problem != "" || len(c.words) == 0 {
			return commands, problem
		}
		commands = append(commands, c)
		if !more {
			return commands, ""
		}
	}
}

// execCommand parses the command that starts at i; more reports whether another follows.
// A command without words is one that systemd ignores, with all that follows it.
func (u *unit) execCommand(line text, i int) (c execCommand, next int, more bool, problem string) {
	i = skipBlanks(line, i)
	if i == len(line.bytes) {
		return c, i, false, ""
	}
	first, i, ok := firstWord(line, i, execWords)
	if !ok {
		u.ignored(line, "Unbalanced quoting, ignoring the command")
		return c, i, false, ""
	}
	p := u.execPrefixes(first)
	program, err := u.specifiers.resolve(p.path)
	c = execCommand{line: first, literal: p.literal, program: program}
	// stop ends the line: with "-" systemd ignores what it cannot take.
	stop := func(reason string) (execCommand, int, bool, string) {
		if p.optional {
			u.ignored(first, reason+", ignoring")
			return execCommand{}, i, false, ""
		}
		return execCommand{}, i, false, reason
	}
	if err != nil {
		return stop(err.Error())
	}
	if reason := badProgram(program.String()); reason != "" {
		return stop(reason + ": " + program.String())
	}
	if !p.argv0 {
		c.words = append(c.words, c.program)
	}
	for {
		i = skipBlanks(line, i)
		if i == len(line.bytes) {
			break
		}
		if standsAlone(line, i, ";") {
			i, more = i+1, true
			break
		}
		if standsAlone(line, i, `\;`) {
			c.words = append(c.words, line.cut(i+1, i+2))
			i += 2
			continue
		}
		var one text
		if one, i, ok = firstWord(line, i, execWords); !ok {
			return stop("Unbalanced quoting in the command line")
		}
		if one, err = u.specifiers.resolve(one); err != nil {
			return stop(err.Error())
		}
		c.words = append(c.words, one)
	}
	if len(c.words) == 0 || len(c.words[0].bytes) == 0 {
		return stop("Empty executable name or zeroeth argument")
	}
	return c, i, more, ""
}

func skipBlanks(t text, i int) int {
	for i < len(t.bytes) && isBlank(t.bytes[i]) {
		i++
	}
	return i
}

// standsAlone reports whether what is written at i is s and nothing else up to a blank.
func standsAlone(t text, i int, s string) bool {
	rest := t.bytes[i:]
	return bytes.HasPrefix(rest, []byte(s)) && (len(rest) == len(s) || isBlank(rest[len(s)]))
}

// prefixes are those of an executable (systemd.service(5), "Special executable prefixes").
type prefixes struct {
	path                     text
	optional, argv0, literal bool
}

func (u *unit) execPrefixes(first text) prefixes {
	p := prefixes{}
	privileges := false
	i := 0
loop:
	for ; i < len(first.bytes); i++ {
		switch c := first.bytes[i]; {
		case c == '-' && !p.optional:
			p.optional = true
		case c == '@' && !p.argv0:
			p.argv0 = true
		case c == ':' && !p.literal:
			p.literal = true
		case c == '+' && !privileges:
			privileges = true
		case c == '!' && !privileges:
			privileges = true
			if i+1 < len(first.bytes) && first.bytes[i+1] == '!' {
				i++
			}
		case c == '|': // systemd 257: through the user's login shell
			u.limited(first, "the prefix | starts the command through a login shell")
		default:
			break loop
		}
	}
	p.path = first.cut(i, len(first.bytes))
	return p
}

// badProgram says why systemd does not take a path for a program.
func badProgram(name string) string {
	switch {
	case name == "":
		return "Empty path in command line"
	case strings.ContainsFunc(name, unicode.IsControl) || strings.ContainsAny(name, "\"'\\"):
		return "Executable name contains special characters"
	case strings.HasSuffix(name, "/"):
		return "Executable path specifies a directory"
	case !path.IsAbs(name) && (strings.Contains(name, "/") || name == "." || name == ".."):
		return "Neither a valid executable name nor an absolute path"
	}
	return ""
}
