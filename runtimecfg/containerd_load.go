package runtimecfg

import (
	"path"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// load reads files breadth first as containerd does: a file's imports queue behind all that
// wait already, and each path is read once.
func (c *containerdConfig) load(root source.File) {
	kind := source.ConfigFile
	loaded := map[string]bool{}
	pending := []source.File{root}
	for ; len(pending) > 0; kind = source.DropIn {
		file := pending[0]
		pending = pending[1:]
		if loaded[file.Path] {
			continue
		}
		loaded[file.Path] = true
		c.Files = append(c.Files, file)
		if file.Err != nil {
			c.files = append(c.files, &containerdFile{path: file.Path})
			c.report(unreadable(codeContainerdUnread, kind, file, "run as root"))
			continue
		}
		f := c.open(kind, file)
		if f.doc == nil {
			continue
		}
		c.files = append(c.files, f)
		pending = append(pending, c.imports(f)...)
	}
}

func (c *containerdConfig) imports(f *containerdFile) []source.File {
	var out []source.File
	for _, e := range f.list("imports", f.own.Imports) {
		pattern := f.pattern(e.Value)
		if c.rules.old && strings.Contains(pattern, "*") && !path.IsAbs(e.Value) {
			c.warn(codeContainerdImports, source.Suspect, e.At, "older releases of containerd 1 look for this pattern in their working directory (containerd/containerd#9745)", "write the whole path")
		}
		found, err := matching(c.in.Files, pattern)
		switch {
		case err != nil:
			c.fatal(codeContainerdImports, e.At, "imports "+pattern+": "+err.Error(), "")
		case len(found) == 0 && !strings.Contains(pattern, "*"):
			c.fatal(codeContainerdImports, e.At, "imports "+pattern+", which does not exist; containerd does not start", "create the file, or remove it from imports")
		}
		out = append(out, found...)
	}
	return out
}

// pattern is an import as an absolute path.
func (f *containerdFile) pattern(value string) string {
	if path.IsAbs(value) {
		return path.Clean(value)
	}
	return path.Join(path.Dir(f.path), value)
}

// matching are the files of a literal path, or of a pattern, in lexical order.
func matching(files []source.File, pattern string) ([]source.File, error) {
	var found []source.File
	for _, f := range files {
		if f.Missing() {
			continue
		}
		match := f.Path == pattern
		if strings.Contains(pattern, "*") {
			var err error
			if match, err = path.Match(pattern, f.Path); err != nil {
				return nil, err
			}
			match = match || f.Err != nil && f.Path == path.Dir(pattern)
		}
		if match {
			found = append(found, f)
		}
	}
	slices.SortFunc(found, func(a, b source.File) int { return strings.Compare(a.Path, b.Path) })
	return found, nil
}

// unread leaves a gap among the files: what a file in this place sets is not known.
func (c *containerdConfig) unread(f *containerdFile, at source.Position, message string) {
	f.doc = nil
	c.files = append(c.files, f)
	c.warn(codeContainerdUnread, source.Unread, at, message, "run as root")
}

func (c *containerdConfig) fatal(code source.Code, at source.Position, message, hint string) {
	c.report(source.Problem{Code: code, Effect: source.Fatal, At: at, Message: message, Hint: hint})
}

func (c *containerdConfig) warn(code source.Code, effect source.Effect, at source.Position, message, hint string) {
	c.report(source.Problem{Code: code, Effect: effect, At: at, Message: message, Hint: hint})
}

func (r containerdRules) reader() reader {
	if r.old {
		return goTOML1()
	}
	return goTOML2()
}
