package kubeletcfg

import (
	_ "embed" // for fields.txt
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

//go:embed fields.txt
var fieldsText string // by go:embed; the fields of a KubeletConfiguration by version, see its head

// fieldSpec is a field of a KubeletConfiguration as a kubelet version has it.
type fieldSpec struct {
	// kind is the kind of JSON value that it takes; goType is the kubelet's name for it.
	kind, goType string
	// has reports whether this version has the field; sure, whether that is certain.
	has, sure bool
	// since says when it was added or removed, where this version does not have it.
	since string
}

// fieldTable answers for one kubelet version. Paths are spelled as in fields.txt.
type fieldTable struct {
	versionTable
	fields map[string]fieldSpec
	// folded are the paths in lower case.
	folded map[string]string
}

func fieldsAt(v known.Version) fieldTable {
	t := fieldTable{versionTable: tableAt(fieldsText, v), fields: map[string]fieldSpec{}, folded: map[string]string{}}
	for name, row := range t.rows {
		words := strings.Fields(name)
		path := words[0]
		s := fieldSpec{kind: words[1], goType: words[len(words)-1]}
		s.has, s.sure = t.has(row)
		if minor := t.removedIn(row); minor > 0 && minor <= v.Minor {
			s.since = fmt.Sprintf(" (removed in 1.%d)", minor)
		} else if !s.has {
			s.since = fmt.Sprintf(" (added in 1.%d)", t.minors[strings.IndexByte(row, 'x')])
		}
		if old, twice := t.fields[path]; !twice || s.has && !old.has {
			t.fields[path] = s
		}
		t.folded[strings.ToLower(path)] = path
	}
	return t
}

// lookup finds a field; where fold is set, a name in another case is the same field.
func (t fieldTable) lookup(path string, fold bool) (fieldSpec, bool) {
	if spelled, ok := t.folded[strings.ToLower(path)]; ok && fold {
		path = spelled
	}
	s, ok := t.fields[path]
	return s, ok
}
