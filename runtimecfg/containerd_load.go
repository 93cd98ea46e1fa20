package runtimecfg

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
)

// loader walks from the root file through its imports.
type loader struct {
	in    ContainerdInputs
	rules containerdRules
	out   *Containerd
	files []containerdFile
}

// load reads files breadth first as containerd does: a file's imports queue behind all that
// wait already, and each path is read once.
func (l *loader) load(root Source) {
	loaded := map[string]bool{}
	pending := []Source{root}
	for len(pending) > 0 {
		src := pending[0]
		pending = pending[1:]
		if loaded[src.Path] {
			continue
		}
		loaded[src.Path] = true
		l.out.Order = append(l.out.Order, src.Path)
		file, ok := l.open(src)
		if !ok {
			continue
		}
		l.files = append(l.files, file)
		pending = append(pending, l.imports(file)...)
	}
}

func (l *loader) open(src Source) (containerdFile, bool) {
	if src.Err != nil {
		l.unread(Pos{File: src.Path}, "cannot be read: "+src.Err.Error())
		return containerdFile{}, false
	}
	data := src.Data
	if l.rules.old {
		// go-toml v1 skips a byte order mark, v2 refuses it.
		data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	}
	doc, err := tomldoc.Parse(data, tomldoc.GoTOML)
	if err != nil {
		var where *tomldoc.Error
		pos := Pos{File: src.Path}
		text := err.Error()
		if errors.As(err, &where) {
			pos.Line, pos.Column, text = where.Line, where.Column, where.Reason
		}
		l.fatal(ContainerdSyntax, pos, "containerd cannot parse it: "+text, syntaxHint(lineOf(data, pos.Line), text))
		return containerdFile{}, false
	}
	f := containerdFile{path: src.Path, doc: doc, fold: !l.rules.old}
	f.version = l.versionOf(f)
	return f, true
}

func (l *loader) imports(f containerdFile) []Source {
	var out []Source
	for _, e := range l.stringList(f, "imports") {
		pattern := path.Clean(e.Value)
		if !path.IsAbs(pattern) {
			pattern = path.Join(path.Dir(f.path), pattern)
			if l.rules.old && strings.Contains(pattern, "*") {
				l.warn(ContainerdImports, e.From.Pos, "older releases of containerd 1 look for this pattern in their working directory (containerd/containerd#9745)", "write the whole path")
			}
		}
		found, err := l.lookup(pattern)
		switch {
		case err != nil:
			l.unread(e.From.Pos, fmt.Sprintf("the import %s cannot be looked up: %v", pattern, err))
		case len(found) == 0 && !strings.Contains(pattern, "*"):
			l.fatal(ContainerdImports, e.From.Pos, "imports "+pattern+", which does not exist; containerd does not start", "create the file, or take it out of imports")
		}
		out = append(out, found...)
	}
	return out
}

func (l *loader) lookup(pattern string) ([]Source, error) {
	if l.in.Lookup == nil {
		return nil, nil
	}
	return l.in.Lookup(pattern)
}

// unread leaves a gap among the files: what a file in this place may have said is not known.
func (l *loader) unread(pos Pos, text string) {
	l.files = append(l.files, containerdFile{path: pos.File})
	l.warn(ContainerdUnread, pos, text, "run as root")
}

func (l *loader) fatal(code Code, pos Pos, text, hint string) {
	l.out.Problems = append(l.out.Problems, Problem{Code: code, Fatal: true, From: inFile(pos), Text: text, Hint: hint})
}

func (l *loader) warn(code Code, pos Pos, text, hint string) {
	l.out.Problems = append(l.out.Problems, Problem{Code: code, From: inFile(pos), Text: text, Hint: hint})
}

func lineOf(src []byte, line int) string {
	for i := 1; i < line; i++ {
		_, rest, ok := bytes.Cut(src, []byte("\n"))
		if !ok {
			return ""
		}
		src = rest
	}
	text, _, _ := bytes.Cut(src, []byte("\n"))
	return string(text)
}
