package runtimecfg

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/source"
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
func (l *loader) load(root source.File) {
	loaded := map[string]bool{}
	pending := []source.File{root}
	for len(pending) > 0 {
		src := pending[0]
		pending = pending[1:]
		if loaded[src.Path] {
			continue
		}
		loaded[src.Path] = true
		l.out.Order = append(l.out.Order, src.Path)
		file, ok := l.open(src, len(l.out.Order) == 1)
		if !ok {
			continue
		}
		l.files = append(l.files, file)
		pending = append(pending, l.imports(file)...)
	}
}

func (l *loader) open(src source.File, root bool) (containerdFile, bool) {
	kind := source.DropIn
	if root {
		kind = source.ConfigFile
	}
	if src.Err != nil {
		l.unread(source.At(kind, src.Path, 0, 0), "cannot be read: "+src.Err.Error())
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
		pos := source.At(kind, src.Path, 0, 0)
		text := err.Error()
		if errors.As(err, &where) {
			pos.Line, pos.Column, text = where.Line, where.Column, where.Reason
		}
		l.fatal(ContainerdSyntax, pos, "containerd cannot parse it: "+text, syntaxHint(lineOf(data, pos.Line), text))
		return containerdFile{}, false
	}
	f := containerdFile{path: src.Path, kind: kind, doc: doc, fold: !l.rules.old}
	f.version = l.versionOf(f)
	return f, true
}

func (l *loader) imports(f containerdFile) []source.File {
	var out []source.File
	for _, e := range l.stringList(f, "imports") {
		pattern := path.Clean(e.Value)
		if !path.IsAbs(pattern) {
			pattern = path.Join(path.Dir(f.path), pattern)
			if l.rules.old && strings.Contains(pattern, "*") {
				l.warn(ContainerdImports, source.Suspect, e.At, "older releases of containerd 1 look for this pattern in their working directory (containerd/containerd#9745)", "write the whole path")
			}
		}
		found, err := l.lookup(pattern)
		switch {
		case err != nil:
			l.unread(e.At, fmt.Sprintf("the import %s cannot be looked up: %v", pattern, err))
		case len(found) == 0 && !strings.Contains(pattern, "*"):
			l.fatal(ContainerdImports, e.At, "imports "+pattern+", which does not exist; containerd does not start", "create the file, or take it out of imports")
		}
		out = append(out, found...)
	}
	return out
}

func (l *loader) lookup(pattern string) ([]source.File, error) {
	if l.in.Lookup == nil {
		return nil, nil
	}
	return l.in.Lookup(pattern)
}

// unread leaves a gap among the files: what a file in this place may have said is not known.
func (l *loader) unread(pos source.Position, text string) {
	l.files = append(l.files, containerdFile{path: pos.Path})
	l.warn(ContainerdUnread, source.Unread, pos, text, "run as root")
}

func (l *loader) fatal(code source.Code, pos source.Position, text, hint string) {
	l.out.Problems = append(l.out.Problems, source.Problem{Code: code, Effect: source.Fatal, At: pos, Message: text, Hint: hint})
}

func (l *loader) warn(code source.Code, effect source.Effect, pos source.Position, text, hint string) {
	l.out.Problems = append(l.out.Problems, source.Problem{Code: code, Effect: effect, At: pos, Message: text, Hint: hint})
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
