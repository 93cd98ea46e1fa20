package start

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/plegctl/plegctl/verify/source"
)

// initScript is an OpenRC service: /etc/conf.d/NAME is read first, then the script, which
// sets command and command_args (openrc-run(8)).
func initScript(files files, r Request, name string) Command {
	cmd := Command{Unit: name, Directory: "/"}
	p := &peeler{files: files, programs: r.Programs, what: name, env: newEnvironment(), image: r.Image, cmd: &cmd}
	script := p.read(name)
	first := word{text: text{from: newOrigin(script), at: []int{0}}}
	switch {
	case !script.Readable():
		p.limit(first, fmt.Sprintf("%s cannot be read: %v", name, script.Err))
		return cmd
	case !bytes.Contains(firstLine(script.Data), []byte("openrc-run")):
		p.limit(first, fmt.Sprintf("%s is a script: the arguments for %s cannot be read from it", name, r.Programs[0]))
		return cmd
	}
	p.sourced(path.Join("/etc/conf.d", path.Base(name)), first)
	p.assignments(script)
	command := p.env.lookUp("command")
	if len(command.bytes) == 0 || cmd.Limit != nil {
		p.limit(first, fmt.Sprintf("%s does not plainly set command", name))
		return cmd
	}
	if dir := p.env.lookUp("directory"); len(dir.bytes) > 0 {
		cmd.Directory = dir.String()
	}
	words := []word{{text: command}}
	for _, name := range []string{"command_args", "command_args_foreground"} {
		words = append(words, p.evaluated(p.env.lookUp(name), "$"+name)...)
	}
	p.peel(words)
	return cmd
}

// evaluated returns the words of a value as OpenRC evaluates it: as a shell line, which may
// have redirections.
func (p *peeler) evaluated(value text, via string) []word {
	r := shellReader{peeler: p, line: word{text: value, via: via}}
	var words []word
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(bytes.NewReader(value.bytes), "")
	switch {
	case value.unknown != "":
		p.limit(r.line, value.unknown)
	case err != nil:
		p.limit(r.line, fmt.Sprintf("%s: %v", via, err))
	case len(file.Stmts) == 0:
	case len(file.Stmts) == 1 && file.Stmts[0].Cmd == nil: // only redirections
	default:
		call, reason := r.call(file.Stmts[0])
		switch {
		case len(file.Stmts) > 1 || reason == "" && len(call.Assigns) > 0:
			reason = "more than arguments"
		case reason == "":
			words, reason = r.words(call.Args)
		}
		if reason != "" {
			p.limit(r.line, via+": "+reason)
		}
	}
	for i := range words {
		words[i].via = cmp.Or(words[i].via, via)
	}
	return words
}

func firstLine(data []byte) []byte {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return line
}

// assignments runs the plain assignments of a shell file. Functions are skipped; any other
// command may change what was set, so the knowledge ends there.
func (p *peeler) assignments(f source.File) {
	from := newOrigin(f)
	r := shellReader{peeler: p, line: word{text: from.all()}}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(bytes.NewReader(f.Data), "")
	if err != nil {
		p.limit(r.line, fmt.Sprintf("%s: %v", f.Path, err))
		return
	}
	for _, stmt := range file.Stmts {
		r.statement(stmt)
	}
}

func (r shellReader) statement(stmt *syntax.Stmt) {
	at := word{text: r.line.cut(int(stmt.Pos().Offset()), int(stmt.End().Offset()))}
	unclear := func() {
		r.limit(at, fmt.Sprintf("%s is more than assignments", at.from.path))
	}
	switch c := stmt.Cmd.(type) {
	case *syntax.FuncDecl:
		switch {
		case c.Name.Value == "start":
			r.limit(at, fmt.Sprintf("%s starts the program in a function of its own", at.from.path))
		case bytes.Contains(at.bytes, []byte("command_args")):
			r.limit(at, fmt.Sprintf("%s sets the arguments in a function", at.from.path))
		}
	case *syntax.CallExpr:
		switch {
		case len(c.Args) == 0:
			if reason := r.assign(c.Assigns); reason != "" {
				r.limit(at, reason)
			}
		case c.Args[0].Lit() == ":":
			r.defaults(c.Args[1:])
		case c.Args[0].Lit() == "set" && len(c.Args) > 1 && strings.ContainsAny(c.Args[1].Lit(), "-+"):
		case c.Args[0].Lit() == "." && len(c.Args) == 2 && c.Args[1].Lit() != "":
			r.sourced(c.Args[1].Lit(), at)
		default:
			unclear()
		}
	case *syntax.DeclClause:
		if reason := r.assign(withValues(c.Args)); reason != "" {
			r.limit(at, reason)
		}
	case *syntax.IfClause:
		if name, ok := sourced(c); ok {
			r.sourced(name, at)
			return
		}
		unclear()
	default:
		unclear()
	}
}

// withValues are the assignments of "export A=b C".
func withValues(all []*syntax.Assign) []*syntax.Assign {
	var with []*syntax.Assign
	for _, a := range all {
		if !a.Naked {
			with = append(with, a)
		}
	}
	return with
}

// sourced returns FILE of "if [ -e FILE ]; then . FILE; fi".
func sourced(c *syntax.IfClause) (string, bool) {
	if c.Else != nil || len(c.Then) != 1 {
		return "", false
	}
	call, ok := c.Then[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) != 2 || call.Args[0].Lit() != "." || call.Args[1].Lit() == "" {
		return "", false
	}
	return call.Args[1].Lit(), true
}

// defaults are the assignments of ": ${NAME:=VALUE}".
func (r shellReader) defaults(args []*syntax.Word) {
	for _, arg := range args {
		for _, part := range arg.Parts {
			e, ok := part.(*syntax.ParamExp)
			if !ok || e.Exp == nil || e.Exp.Op != syntax.AssignUnset && e.Exp.Op != syntax.AssignUnsetOrNull {
				continue
			}
			at := r.line.cut(int(e.Pos().Offset()), int(e.End().Offset()))
			value := r.env.lookUp(e.Param.Value)
			if value.unknown == "" && value.from != nil && (len(value.bytes) > 0 || e.Exp.Op == syntax.AssignUnset) {
				continue
			}
			value = text{from: at.from, at: at.at[:1], unknown: value.unknown}
			if e.Exp.Word != nil && value.unknown == "" {
				w := r.word(e.Exp.Word.Parts, true)
				value, value.unknown = w.joined(at), cmp.Or(w.reason, w.joined(at).unknown)
			}
			r.env.set(variable{e.Param.Value, value, at.position(source.Environment)})
		}
	}
}

// sourced reads another file of assignments, where it exists; due is what names it.
func (p *peeler) sourced(name string, due word) {
	if len(p.cmd.Files) > maxFiles {
		p.limit(due, "the files source each other")
		return
	}
	switch f := p.read(name); {
	case f.Readable():
		p.assignments(f)
	case !f.Missing():
		p.limit(due, fmt.Sprintf("%s cannot be read: %v", name, f.Err))
	}
}

// maxFiles bounds how many files a service may source: they may do so in a circle.
const maxFiles = 32
