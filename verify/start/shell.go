package start

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/plegctl/plegctl/verify/source"
)

const profile = "the shell reads a profile first, which may set variables"

// shell is "sh -c LINE". A script is not read.
func shell(p *peeler, words []word) ([]word, bool) {
	line := false
	for i := 1; i < len(words); i++ {
		option := words[i].String()
		switch {
		case words[i].unknown != "":
			p.limit(words[i], words[i].unknown)
			return nil, true
		case option == "--login":
			p.env.open = profile
		case option == "--norc" || option == "--noprofile" || option == "--posix":
		case len(option) > 1 && (option[0] == '-' || option[0] == '+') && option != "--" && !strings.HasPrefix(option, "--"):
			line = line || option[0] == '-' && strings.Contains(option, "c")
			if option[0] == '-' && strings.ContainsAny(option, "li") {
				p.env.open = profile
			}
			if strings.ContainsAny(option, "oO") {
				i++
			}
		case line && option == "--":
		case line:
			return shellLine(p, words[0], words[i])
		default:
			p.limit(words[i], fmt.Sprintf("%s starts the script %s: the arguments for %s cannot be read from it", p.what, option, p.programs[0]))
			return nil, true
		}
	}
	p.limit(words[0], fmt.Sprintf("%s starts a shell without a command", p.what))
	return nil, true
}

// shellLine reads a shell line that is plainly one command.
func shellLine(p *peeler, sh, line word) ([]word, bool) {
	stop := func(reason string) ([]word, bool) {
		p.limit(line, fmt.Sprintf("%s starts a shell (%s), and its line is not plainly one command: %s", p.what, path.Base(sh.String()), reason))
		return nil, true
	}
	variant := syntax.LangPOSIX
	if path.Base(sh.String()) == "bash" {
		variant = syntax.LangBash
	}
	file, err := syntax.NewParser(syntax.Variant(variant)).Parse(bytes.NewReader(line.bytes), "")
	if err != nil {
		return stop(err.Error())
	}
	if len(file.Stmts) != 1 {
		return stop(fmt.Sprintf("it has %d commands", len(file.Stmts)))
	}
	r := shellReader{peeler: p, line: line}
	call, reason := r.call(file.Stmts[0])
	if reason != "" {
		return stop(reason)
	}
	words, reason := r.words(call.Args) // before the assignments, which count for the program only
	if reason != "" {
		return stop(reason)
	}
	if reason := r.assign(call.Assigns); reason != "" {
		return stop(reason)
	}
	return words, false
}

// shellReader resolves the words of a shell line.
type shellReader struct {
	*peeler
	line word
}

// call returns the one command of a statement; of a pipeline the first, which has the
// daemon's arguments where the rest only reads its output.
func (r shellReader) call(stmt *syntax.Stmt) (*syntax.CallExpr, string) {
	if stmt.Background || stmt.Coprocess {
		return nil, "it runs in the background"
	}
	switch c := stmt.Cmd.(type) {
	case *syntax.CallExpr:
		if len(c.Args) == 0 {
			return nil, "it has no command"
		}
		return c, ""
	case *syntax.BinaryCmd:
		if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
			return r.call(c.X)
		}
	}
	return nil, "it is a list or a construct"
}

func (r shellReader) assign(assigns []*syntax.Assign) string {
	for _, a := range assigns {
		if a.Append || a.Naked || a.Array != nil || a.Index != nil {
			return "an assignment is not plain"
		}
		at := r.line.cut(int(a.Pos().Offset()), int(a.End().Offset()))
		value := text{from: at.from, at: at.at[:1]}
		if a.Value != nil {
			w := r.word(a.Value.Parts, true)
			if w.reason != "" {
				return w.reason
			}
			value = w.joined(at)
		}
		r.env.set(variable{a.Name.Value, value, at.position(source.Environment)})
	}
	return ""
}

func (r shellReader) words(args []*syntax.Word) ([]word, string) {
	var all []word
	for _, arg := range args {
		if syntax.SplitBraces(arg) {
			return nil, "it has a brace expansion"
		}
		w := r.word(arg.Parts, false)
		if w.reason != "" {
			return nil, w.reason
		}
		all = append(all, w.fields...)
	}
	return all, ""
}
