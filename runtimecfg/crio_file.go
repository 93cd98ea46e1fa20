package runtimecfg

import (
	"errors"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// crioFile is what one file says.
type crioFile struct {
	kind      source.Kind
	src       source.File
	doc       *tomldoc.Doc
	podEvents []source.Assignment[bool]
	listen    []source.Assignment[string]
	// unsure: our reader stumbles where CRI-O's may not.
	unsure       bool
	random       bool
	randomListen bool
	problems     []source.Problem
}

func readCRIOFile(kind source.Kind, src source.File, version known.Version) crioFile {
	f := crioFile{kind: kind, src: src}
	doc, err := tomldoc.Parse(src.Data, tomldoc.BurntSushi)
	if err != nil {
		f.refused(err)
		return f
	}
	f.doc = doc
	f.readPodEvents(version)
	f.readListen()
	f.lookAround()
	f.portable()
	return f
}

// readPodEvents takes every spelling that CRI-O takes for crio.runtime.enable_pod_events.
func (f *crioFile) readPodEvents(version known.Version) {
	nodes := f.find(podEventsKey, "crio", "runtime", podEventsKey)
	for _, n := range nodes {
		pos := f.pos(n.Offset())
		if !version.IsZero() && version.MinorLess(1, 26) {
			f.warn(CRIOTooOld, source.Ignored, pos, "CRI-O "+version.String()+" does not know "+podEventsKey+" and ignores it", "container events need CRI-O 1.26 or later")
			continue
		}
		if n.IsTable() || n.Value == nil {
			f.wrongType(n, "boolean")
			continue
		}
		value, ok := n.Value.Bool()
		if !ok {
			f.wrongType(n, "boolean")
			continue
		}
		f.spelledOtherwise(n, "crio", "runtime", podEventsKey)
		f.podEvents = append(f.podEvents, source.Assignment[bool]{Value: value, At: pos})
	}
	f.random = differ(f.podEvents)
	f.warnRandom(f.random, nodes, podEventsKey)
}

func (f *crioFile) readListen() {
	nodes := f.find("", "crio", "api", "listen")
	for _, n := range nodes {
		if n.IsTable() || n.Value == nil {
			f.wrongType(n, "string")
			continue
		}
		value, ok := n.Value.Text()
		if !ok {
			f.wrongType(n, "string")
			continue
		}
		f.listen = append(f.listen, source.Assignment[string]{Value: value, At: f.pos(n.Offset())})
	}
	f.randomListen = differ(f.listen)
	f.warnRandom(f.randomListen, nodes, "listen")
}

// find looks up a path in any case, and reports a name on the way that is no table, which
// CRI-O refuses ("type mismatch"). It reports each such name once: for the key given.
func (f *crioFile) find(report string, path ...string) []*tomldoc.Node {
	nodes, blocked := f.doc.Find(true, path...)
	if blocked != nil && (report != "" || strings.EqualFold(blocked.Name, "api")) {
		f.fatal(CRIOType, f.pos(blocked.Offset()),
			"type mismatch: expected table but found "+blocked.Type(),
			"write ["+strings.Join(path[:len(path)-1], ".")+"] as a table header of its own")
	}
	return nodes
}

func (f *crioFile) pos(offset int) source.Position {
	line, column := f.doc.Pos(offset)
	return source.At(f.kind, f.src.Path, line, column)
}

// refused reports a text that CRI-O cannot parse, in its words where we know them.
func (f *crioFile) refused(err error) {
	var where *tomldoc.Error
	if !errors.As(err, &where) {
		f.fatal(CRIOSyntax, source.At(f.kind, f.src.Path, 0, 0), err.Error(), "")
		return
	}
	pos := source.At(f.kind, f.src.Path, where.Line, where.Column)
	if f.unsure = where.Unsure; f.unsure {
		f.warn(CRIOUnread, source.Unread, pos, "cannot be read by plegctl, while CRI-O may read it: "+where.Reason, "ask CRI-O itself: crio config")
		return
	}
	text, hint := crioWords(f.src.Data, where)
	f.fatal(CRIOSyntax, pos, text, hint)
}

func (f *crioFile) fatal(code source.Code, pos source.Position, text, hint string) {
	f.problems = append(f.problems, source.Problem{Code: code, Effect: source.Fatal, At: pos, Message: text, Hint: hint})
}

func (f *crioFile) warn(code source.Code, effect source.Effect, pos source.Position, text, hint string) {
	f.problems = append(f.problems, source.Problem{Code: code, Effect: effect, At: pos, Message: text, Hint: hint})
}

func differ[T comparable](said []source.Assignment[T]) bool {
	for _, s := range said {
		if s.Value != said[0].Value {
			return true
		}
	}
	return false
}
