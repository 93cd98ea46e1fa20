package runtimecfg

import (
	"errors"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/known"
)

// crioFile is what one file says.
type crioFile struct {
	src       Source
	doc       *tomldoc.Doc
	podEvents []Said[bool]
	listen    []Said[string]
	// unsure: our reader stumbles where CRI-O's may not.
	unsure       bool
	random       bool
	randomListen bool
	problems     []Problem
}

func readCRIOFile(src Source, version known.Version) crioFile {
	f := crioFile{src: src}
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
			f.warn(CRIOTooOld, pos, "CRI-O "+version.String()+" does not know "+podEventsKey+" and ignores it", "container events need CRI-O 1.26 or later")
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
		f.podEvents = append(f.podEvents, Said[bool]{Value: value, From: inFile(pos)})
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
		f.listen = append(f.listen, Said[string]{Value: value, From: inFile(f.pos(n.Offset()))})
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

func (f *crioFile) pos(offset int) Pos {
	line, column := f.doc.Pos(offset)
	return Pos{File: f.src.Path, Line: line, Column: column}
}

// refused reports a text that CRI-O cannot parse, in its words where we know them.
func (f *crioFile) refused(err error) {
	var where *tomldoc.Error
	if !errors.As(err, &where) {
		f.fatal(CRIOSyntax, Pos{File: f.src.Path}, err.Error(), "")
		return
	}
	pos := Pos{File: f.src.Path, Line: where.Line, Column: where.Column}
	if f.unsure = where.Unsure; f.unsure {
		f.warn(CRIOUnread, pos, "cannot be read by plegctl, while CRI-O may read it: "+where.Reason, "ask CRI-O itself: crio config")
		return
	}
	text, hint := crioWords(f.src.Data, where)
	f.fatal(CRIOSyntax, pos, text, hint)
}

func (f *crioFile) fatal(code Code, pos Pos, text, hint string) {
	f.problems = append(f.problems, Problem{Code: code, Fatal: true, From: inFile(pos), Text: text, Hint: hint})
}

func (f *crioFile) warn(code Code, pos Pos, text, hint string) {
	f.problems = append(f.problems, Problem{Code: code, From: inFile(pos), Text: text, Hint: hint})
}

func differ[T comparable](said []Said[T]) bool {
	for _, s := range said {
		if s.Value != said[0].Value {
			return true
		}
	}
	return false
}
