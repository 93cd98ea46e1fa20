package tomldoc

import (
	"math"
	"reflect"

	"github.com/pelletier/go-toml/v2"
)

// secondOpinion is the largest text, in bytes, that is decoded once more.
const secondOpinion = 256 << 10

// decodesTo is the second opinion on an edit, by go-toml's decoder instead of our tree:
// both texts are decoded, the change is made to the old value, and the two must be the
// same. There is none where go-toml does not take the old text (BurntSushi's wider rules),
// and none for texts that no person wrote: its decoder is quadratic in the number of tables.
func (d *Doc) decodesTo(after *Doc, path []string, value, set bool) bool {
	if len(d.src) > secondOpinion {
		return true
	}
	var old, now map[string]any
	if toml.Unmarshal(d.src[d.bom():], &old) != nil {
		return true
	}
	if toml.Unmarshal(after.src[after.bom():], &now) != nil {
		return false
	}
	if old == nil {
		old = map[string]any{}
	}
	if now == nil {
		now = map[string]any{}
	}
	if set {
		setIn(old, path, value)
	} else {
		deleteIn(old, path)
		deleteEmpty(old, path)
		deleteEmpty(now, path)
	}
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
	case float64:
		b, ok := b.(float64)
		return ok && (a == b || math.IsNaN(a) && math.IsNaN(b))
	}
	return reflect.DeepEqual(a, b)
}
