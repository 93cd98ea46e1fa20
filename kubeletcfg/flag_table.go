package kubeletcfg

import (
	_ "embed" // for flags.txt
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

//go:embed flags.txt
var flagsText string // by go:embed; the flags of the kubelet by version, see its head

// flagTable answers for one kubelet version.
type flagTable struct {
	versionTable
	// kinds are the types of the values of all flags that some version has.
	kinds map[string]string
	// flags are the rows, by the flag's name.
	flags map[string]string
}

func flagsAt(v known.Version) flagTable {
	t := flagTable{versionTable: tableAt(flagsText, v), kinds: map[string]string{}, flags: map[string]string{}}
	for name, row := range t.rows {
		name, kind, _ := strings.Cut(name, " ")
		t.flags[name] = merged(t.flags[name], row)
		if has, _ := t.has(row); has || t.kinds[name] == "" {
			t.kinds[name] = kind
		}
	}
	return t
}

// merged joins two rows of one name, whose type differs by version.
func merged(a, b string) string {
	if a == "" {
		return b
	}
	out := []byte(a)
	for i := range out {
		if b[i] != '.' {
			out[i] = b[i]
		}
	}
	return string(out)
}

// lookup reports whether this version has a flag, and why not.
func (t flagTable) lookup(name string) (has, sure bool, why string) {
	row, exists := t.flags[name]
	if !exists {
		return false, len(t.columns) > 0 && !t.version.IsZero(), "no kubelet that plegctl knows has it"
	}
	has, sure = t.has(row)
	if minor := t.removedIn(row); minor > 0 && minor <= t.version.Minor {
		return has, sure, fmt.Sprintf("removed in 1.%d", minor)
	}
	return has, sure, fmt.Sprintf("added in 1.%d", t.minors[strings.IndexByte(row, 'x')])
}

// takesValue reports whether a flag without "=" takes the next argument: one that is known
// to have a value always does, a boolean one never, and one that is not known if the next
// argument does not look like a flag.
func (t flagTable) takesValue(name, next string) bool {
	switch t.kinds[name] {
	case "bool", "version":
		return false
	case "":
		return !strings.HasPrefix(next, "-")
	}
	return true
}
