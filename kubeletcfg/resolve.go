package kubeletcfg

import (
	"encoding/json"
	"slices"
	"strings"
)

// field is a setting: its keys in a KubeletConfiguration, its flag, its default.
type field struct {
	path     []string
	flag     string
	fallback string
	// flagged is the default of a kubelet without --config, where that is another.
	flagged *string
	// zeroIsUnset tells that 0 or "" in a file counts as not set.
	zeroIsUnset bool
}

// resolve lays the sources of a setting over each other.
func (c *Config) resolve(f field) Setting[any] {
	unset := Setting[any]{Value: f.fallback, Source: SourceDefault}
	base, over := unset, (*Setting[any])(nil)
	if f.flagged != nil {
		base.Value = *f.flagged
	}
	var places []Place
	unsure := false
	for _, l := range c.layers {
		if l.broken || f.path == nil {
			continue
		}
		unsure = unsure || c.patches(l) && l.variant(f.path)
		value, found := l.value(f.path...)
		null := (!found || value == nil) && l.saysNull(f.path)
		zero := found && isZero(value)
		s := Setting[any]{Value: value, Source: l.source, Pos: l.place(f.path...)}
		if found || null {
			places = append(places, s.Pos)
		}
		switch {
		case l.source == SourceConfigFile:
			if found && !null && (!zero || !f.zeroIsUnset) {
				base = s
			}
		case c.rules.mixed: // a defaulted drop-in: zero never overrides, a default does
			if s, ok := mixedIn(s, found && !null && !zero, f, l); ok {
				over = &s
			}
		case null && c.rules.apart:
			over = nil
		case null:
			base, over = unset, nil
		case found && zero && f.zeroIsUnset && !c.rules.apart:
			base, over = unset, nil
		case found:
			over = &s
		}
	}
	if over != nil {
		base = *over
	}
	base.Known = !c.hidden && !unsure
	if all := c.in.Flags.All(f.flag); len(all) > 0 {
		for _, flag := range all {
			places = append(places, flag.Place)
		}
		last := all[len(all)-1]
		base = Setting[any]{Value: flagValue(last), Known: true, Source: SourceFlag, Pos: last.Place}
	}
	slices.Reverse(places)
	base.Overruled = slices.DeleteFunc(places, func(p Place) bool { return p == base.Pos })
	return base
}

// mixedIn is what a 1.28 drop-in does to a setting: says it, or sets it to the default.
func mixedIn(s Setting[any], says bool, f field, l layer) (Setting[any], bool) {
	if says {
		return s, true
	}
	if f.fallback == "" || f.fallback == "0" || f.fallback == "false" {
		return s, false
	}
	return Setting[any]{Value: f.fallback, Source: SourceDefault, Pos: Place{Path: l.path}}, true
}

// saysNull tells that the last key, or one of the maps above it, is null.
func (l layer) saysNull(path []string) bool {
	for i := range path {
		if value, found := l.value(path[:i+1]...); found && value == nil {
			return true
		}
	}
	return false
}

// variant tells that a key of the path stands in the file in another case. In a drop-in
// that has an effect, which is not told here; see [Config.gateKeys].
func (l layer) variant(path []string) bool {
	value := any(l.doc.value)
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
