package runtimecfg

import (
	_ "embed" // for the tables of keys
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/plegctl/plegctl/verify/known"
)

//go:generate sh -c "cd ../.ci/tools && go run ./configkeys crio 1.34.0 1.36.3 >../../runtimecfg/crio-keys.txt"
//go:generate sh -c "cd ../.ci/tools && go run ./configkeys containerd 1.6.36 1.7.35 2.0.14 2.1.9 2.2.9 2.3.7 2.4.2 >../../runtimecfg/containerd-keys.txt"

//go:embed crio-keys.txt
var crioKeys string

//go:embed containerd-keys.txt
var containerdKeys string

// keyTable is what the configuration keys of a runtime are and what types they have, by
// version.
type keyTable struct {
	versions []known.Version
	root     *keyNode
}

// keyNode is a key. A value has one letter a version, a table has kids.
type keyNode struct {
	name    string
	letters string
	kids    []*keyNode
}

func parseKeys(text string) keyTable {
	t := keyTable{root: &keyNode{}}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || fields[0] == "#":
		case fields[0] == "versions":
			for _, f := range fields[1:] {
				v, err := known.Parse(f)
				if err != nil {
					panic(err) // our own table
				}
				t.versions = append(t.versions, v)
			}
		default:
			n := t.root
			for _, name := range fields[1:] {
				n = n.make(name)
			}
			n.letters = fields[0]
		}
	}
	return t
}

func (n *keyNode) make(name string) *keyNode {
	if kid := n.kid(name); kid != nil {
		return kid
	}
	kid := &keyNode{name: name}
	n.kids = append(n.kids, kid)
	return kid
}

func (n *keyNode) kid(name string) *keyNode {
	for _, kid := range n.kids {
		if kid.name == name {
			return kid
		}
	}
	return nil
}

// below is the key at a path, nil where there is none.
func (n *keyNode) below(path []string) *keyNode {
	for _, name := range path {
		if n = n.kid(name); n == nil {
			return nil
		}
	}
	return n
}

// column is the version whose keys a release has: the newest that is not newer, by minor
// version. listed reports whether the table covers the release; that of the zero version
// is the newest.
func (t keyTable) column(v known.Version) (i int, listed bool) {
	if v.IsZero() {
		return len(t.versions) - 1, true
	}
	for ; i+1 < len(t.versions) && !v.MinorLess(t.versions[i+1].Major, t.versions[i+1].Minor); i++ {
	}
	at := t.versions[i]
	between := !v.MinorLess(at.Major, at.Minor) && i+1 < len(t.versions) && t.versions[i+1].Major == v.Major
	return i, between || v.Major == at.Major && v.Minor == at.Minor
}

// letter is the type of a value in a column, '.' where it does not exist.
func (n *keyNode) letter(column int) byte {
	if n.letters == "" {
		return '.'
	}
	return n.letters[column]
}

// stable reports whether a key has one type in all versions that have it.
func (n *keyNode) stable() bool {
	return n.letters == "" || len(strings.Trim(strings.Trim(n.letters, "."), n.letters[len(n.letters)-1:])) == 0
}

// goType is a Go type that decodes like the daemon's own: nil where the column has no such
// key. Values that keep does not keep are left out; path is that from the first call's node.
func (n *keyNode) goType(column int, keep func(path []string, n *keyNode) bool, path ...string) reflect.Type {
	var fields []reflect.StructField
	for _, kid := range n.kids {
		typ := kid.goType(column, keep, append(path[:len(path):len(path)], kid.name)...)
		if typ == nil {
			continue
		}
		switch kid.name {
		case "*":
			return reflect.MapOf(reflect.TypeFor[string](), typ)
		case "[]":
			return reflect.SliceOf(typ)
		}
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", len(fields)), Type: typ, Tag: reflect.StructTag(fmt.Sprintf("toml:%q", kid.name))})
	}
	if len(fields) > 0 {
		return reflect.StructOf(fields)
	}
	if keep != nil && !keep(path, n) {
		return nil
	}
	return typeOf(n.letter(column))
}

// typeOf is the type of a letter; the legend is at the top of the tables.
func typeOf(letter byte) reflect.Type {
	switch letter {
	case 's':
		return reflect.TypeFor[string]()
	case 'b':
		return reflect.TypeFor[bool]()
	case 'i':
		return reflect.TypeFor[int]()
	case 'j':
		return reflect.TypeFor[int32]()
	case 'u':
		return reflect.TypeFor[uint64]()
	case 'v':
		return reflect.TypeFor[uint32]()
	case 'f':
		return reflect.TypeFor[float64]()
	case 'd':
		return reflect.TypeFor[time.Duration]()
	case 't':
		return reflect.TypeFor[textDuration]()
	case 'l':
		return reflect.TypeFor[[]string]()
	case 'n':
		return reflect.TypeFor[[]int64]()
	case 'm':
		return reflect.TypeFor[map[string]string]()
	case 'o':
		return reflect.TypeFor[map[string][]string]()
	case 'x':
		return reflect.TypeFor[map[string]any]()
	case 'a':
		return reflect.TypeFor[any]()
	}
	return nil
}

// textDuration is a duration that is written as text only (containerd internal/tomlext).
type textDuration time.Duration

var _ encoding.TextUnmarshaler = (*textDuration)(nil)

// UnmarshalText reads "1h30m".
func (d *textDuration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = textDuration(v)
	return err
}
