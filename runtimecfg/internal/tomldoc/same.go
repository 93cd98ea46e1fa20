package tomldoc

import (
	"math"
	"reflect"
)

// change makes an edit's change to a decoded document. The document of the edited text goes
// through it as well where after is set, so that what the edit may leave behind counts as
// equal: the tables that hold nothing any more.
type change func(m map[string]any, path []string, after bool)

func with(value bool) change {
	return func(m map[string]any, path []string, after bool) {
		if !after {
			setIn(m, path, value)
		}
	}
}

func without(m map[string]any, path []string, after bool) {
	if !after {
		deleteIn(m, path)
	}
	deleteEmpty(m, path)
}

// changes reports whether the text after means what the text before means with the change
// made, and nothing else. The daemon's library decides.
func changes(decode Decode, before, after []byte, path []string, change change) bool {
	old, now := map[string]any{}, map[string]any{}
	if decode(before, &old) != nil || decode(after, &now) != nil {
		return false
	}
	change(old, path, false)
	change(now, path, true)
	return same(old, now)
}

func setIn(m map[string]any, path []string, value bool) {
	for _, name := range path[:len(path)-1] {
		kid, ok := m[name].(map[string]any)
		if !ok {
			kid = map[string]any{}
			m[name] = kid
		}
		m = kid
	}
	m[path[len(path)-1]] = value
}

func deleteIn(m map[string]any, path []string) {
	for _, name := range path[:len(path)-1] {
		m, _ = m[name].(map[string]any)
	}
	delete(m, path[len(path)-1])
}

// deleteEmpty drops the tables on the way that hold nothing.
func deleteEmpty(m map[string]any, path []string) {
	if len(path) < 2 {
		return
	}
	kid, ok := m[path[0]].(map[string]any)
	if !ok {
		return
	}
	deleteEmpty(kid, path[1:])
	if len(kid) == 0 {
		delete(m, path[0])
	}
}

// same is reflect.DeepEqual for decoded TOML, but nan is the same as nan: a file that
// holds one must not count as changed.
func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			other, ok := b[k]
			if !ok || !same(v, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	case []map[string]any:
		b, ok := b.([]map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	case float64:
		b, ok := b.(float64)
		return ok && (a == b || math.IsNaN(a) && math.IsNaN(b))
	}
	return reflect.DeepEqual(a, b)
}
