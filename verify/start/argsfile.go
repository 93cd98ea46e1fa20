package start

import (
	"bytes"
	"fmt"

	"mvdan.cc/sh/v3/syntax"

	"github.com/plegctl/plegctl/verify/source"
)

// read reads a file that gives arguments, and keeps it.
func (p *peeler) read(name string) source.File {
	f := p.files.read(name)
	p.cmd.Files = append(p.cmd.Files, f)
	return f
}

// argumentFile takes the daemon's arguments from a file that holds nothing else.
func (p *peeler) argumentFile(name string, due word, platform string) {
	f := p.read(name)
	if !f.Readable() {
		p.limit(due, fmt.Sprintf("%s gives %s its arguments in %s, which cannot be read: %v", platform, p.programs[0], name, f.Err))
		return
	}
	args, reason := p.shellWords(f)
	if reason != "" {
		p.limit(due, fmt.Sprintf("%s: %s", name, reason))
	}
	p.program(append([]word{{text: constant(p.programs[0], due)}}, args...))
}

// shellWords reads a file as the words of a shell's command line; comments are skipped.
func (p *peeler) shellWords(f source.File) (all []word, reason string) {
	from := newOrigin(f)
	r := shellReader{peeler: p, line: word{text: from.all()}}
	for w, err := range syntax.NewParser(syntax.Variant(syntax.LangBash)).WordsSeq(bytes.NewReader(f.Data)) {
		if err != nil {
			// The parser is stricter than a program that reads lines: an option such as
			// --eviction-hard=memory.available<5% is not a shell word.
			return p.plainLines(from), ""
		}
		one := r.word(w.Parts, false)
		if one.reason != "" {
			return all, one.reason
		}
		all = append(all, one.fields...)
	}
	return all, ""
}

// plainLines reads a file with one argument a line.
func (p *peeler) plainLines(o *origin) []word {
	var all []word
	whole := o.all()
	for i := 0; i < len(whole.bytes); {
		end := i
		for end < len(whole.bytes) && !isNewline(whole.bytes[end]) {
			end++
		}
		line := whole.cut(i, end).trim()
		if len(line.bytes) > 0 && line.bytes[0] != '#' {
			all = append(all, replaceBraces(line, p.env))
		}
		i = end + 1
	}
	return all
}

// all returns the whole file as text.
func (o *origin) all() text {
	t := text{bytes: o.Src, at: make([]int, len(o.Src)), from: o}
	for i := range t.at {
		t.at[i] = i
	}
	return t
}
