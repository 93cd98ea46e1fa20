package kubeletcfg

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// field is a setting: its keys in a KubeletConfiguration, its flag, its default.
type field struct {
	path     []string
	flag     string
	fallback string
	// zeroIsUnset reports whether 0 or "" in a file counts as not set.
	zeroIsUnset bool
}

// resolve returns the effective value of a setting. as reads a value as the setting's type.
func resolve[T any](c *Config, f field, as func(source.Assignment[any]) (T, bool)) source.Setting[T] {
	winner, all, known := c.winner(f)
	typed := func(a source.Assignment[any]) (source.Assignment[T], bool) {
		value, ok := as(a)
		return source.Assignment[T]{Value: value, At: a.At, Removes: a.Removes}, ok
	}
	var s source.Setting[T]
	var ok bool
	if s.Assignment, ok = typed(winner); !ok || !known {
		s.Reason = "a source that sets it is not known, or sets it to a value of the wrong type"
	}
	s.Known = s.Reason == ""
	for _, a := range slices.Backward(all) {
		if a.At != winner.At {
			overridden, _ := typed(a)
			s.Overridden = append(s.Overridden, overridden)
		}
	}
	return s
}

// winner merges the sources of a setting. all are the assignments in order, with the winner.
func (c *Config) winner(f field) (winner source.Assignment[any], all []source.Assignment[any], known bool) {
	unset := source.Assignment[any]{Value: f.fallback}
	base, over := unset, (*source.Assignment[any])(nil)
	unsure := false
	for _, from := range c.files {
		if from.broken || f.path == nil {
			continue
		}
		unsure = unsure || c.patches(from) && from.variant(f.path)
		value, found := from.value(f.path...)
		null := (!found || value == nil) && from.hasNull(f.path)
		zero := found && isZero(value)
		a := source.Assignment[any]{Value: value, At: from.position(f.path...), Removes: null}
		if found || null {
			all = append(all, a)
		}
		switch {
		case from.kind == source.ConfigFile:
			if found && !null && (!zero || !f.zeroIsUnset) {
				base = a
			}
		case c.rules.mixed: // a defaulted drop-in: zero never overrides, a default does
			if found && !null && !zero {
				over = &a
			} else if f.fallback != "" && f.fallback != "0" {
				over = &source.Assignment[any]{Value: f.fallback, At: source.At(source.Default, from.path, 0, 0)}
			}
		case null && c.rules.apart:
			over = nil
		case null:
			base, over = unset, nil
		case found && zero && f.zeroIsUnset && !c.rules.apart:
			base, over = unset, nil
		case found:
			over = &a
		}
	}
	if over != nil {
		base = *over
	}
	if flags := c.flags.all(f.flag); len(flags) > 0 {
		for _, flag := range flags {
			base = source.Assignment[any]{Value: flagValue(flag), At: flag.At}
			all = append(all, base)
		}
		return base, all, flags[len(flags)-1].Unknown == "" && c.flags.Limit == nil
	}
	return base, all, !c.hidden && !unsure
}

// hasNull reports whether the last key, or one of the maps above it, is null.
func (f file) hasNull(path []string) bool {
	for i := range path {
		if value, found := f.value(path[:i+1]...); found && value == nil {
			return true
		}
	}
	return false
}

// variant reports whether the file has a key of the path in another case. In a drop-in that
// has an effect, which is not modelled here; see [Config.gateKeys].
func (f file) variant(path []string) bool {
	value := any(f.doc.value)
	for _, key := range path {
		m, _ := value.(map[string]any)
		for other := range m {
			if other != key && strings.EqualFold(other, key) {
				return true
			}
		}
		value = m[key]
	}
	return false
}

func isZero(value any) bool {
	switch v := value.(type) {
	case string:
		return v == ""
	case bool:
		return !v
	case json.Number:
		n, err := v.Float64()
		return err == nil && n == 0
	}
	return false
}

// flagValue is a flag's value; a boolean flag without one is true.
func flagValue(f Flag) string {
	if !f.HasValue {
		return "true"
	}
	return f.Value
}
