package probe

import "container/list"

// maxTracked bounds the containers whose life is followed; beyond it the one that was
// quiet the longest is forgotten, which can hide a gap and never invents one.
const maxTracked = 4096

// lives follows each container through created, started, stopped, deleted, so that a
// missing step shows. Container events carry no sequence numbers: this is the only sign of
// a loss that a single reader can have.
type lives struct {
	byID  map[string]*list.Element
	order *list.List
}

type life struct {
	id   string
	last string
}

func newLives() *lives { return &lives{byID: map[string]*list.Element{}, order: list.New()} }

// step takes the next event of a container and says what is missing before it, "" for
// nothing. A container that was not seen before may be at any point of its life.
func (l *lives) step(e Event) string {
	element, known := l.byID[e.Container]
	if !known {
		l.remember(e)
		return ""
	}
	one, _ := element.Value.(*life)
	gap := missing(one.last, e.Type)
	one.last = e.Type
	l.order.MoveToBack(element)
	if e.Type == "deleted" {
		l.forget(element)
	}
	return gap
}

// missing: what must lie between two events of one container. Created and deleted without
// a start between is a container that never ran.
func missing(last, next string) string {
	switch {
	case last == next:
		return "" // a runtime may say a thing twice (CRI-O 1.26 and 1.27 do)
	case last == "created" && next == "stopped":
		return "started"
	case last == "started" && next == "deleted":
		return "stopped"
	}
	return ""
}

func (l *lives) remember(e Event) {
	if e.Type == "deleted" {
		return
	}
	l.byID[e.Container] = l.order.PushBack(&life{id: e.Container, last: e.Type})
	if l.order.Len() > maxTracked {
		l.forget(l.order.Front())
	}
}

func (l *lives) forget(element *list.Element) {
	one, _ := l.order.Remove(element).(*life)
	delete(l.byID, one.id)
}
