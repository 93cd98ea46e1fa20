package kubeletcfg

import (
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

// The tables of what each kubelet version has are made by .ci/tools/tablegen from the
// kubelet's source. Where a version is newer than its minor's newest column, that column is
// a guess.

//go:generate sh -c "cd ../.ci/tools/tablegen && go run . gates 1.26.0 1.26.15 1.27.0 1.27.16 1.28.0 1.28.15 1.29.0 1.29.15 1.30.0 1.30.14 1.31.0 1.31.14 1.32.0 1.32.13 1.33.0 1.33.13 1.34.0 1.34.4 1.35.0 1.35.8 1.36.0 1.36.5 1.37.0 1.37.2 1.38.0-alpha.0 >../../../kubeletcfg/gates.txt"
//go:generate sh -c "cd ../.ci/tools/tablegen && go run . flags 1.26.15 1.27.16 1.28.15 1.29.15 1.30.14 1.31.14 1.32.13 1.33.13 1.34.4 1.35.8 1.36.5 1.37.2 1.38.0-alpha.0 >../../../kubeletcfg/flags.txt"
//go:generate sh -c "cd ../.ci/tools/tablegen && go run . fields 1.26.15 1.27.16 1.28.15 1.29.15 1.30.14 1.31.14 1.32.13 1.33.13 1.34.4 1.35.8 1.36.5 1.37.2 1.38.0-alpha.0 >../../../kubeletcfg/fields.txt"

// versionTable has a row of one letter for each version, for each name.
type versionTable struct {
	version known.Version
	// columns are those of the version's minor; all where the version is not known.
	columns []column
	// minors are the minors of all columns.
	minors []uint
	rows   map[string]string
}

type column struct {
	index int
	patch uint
	pre   string
}

func tableAt(text string, v known.Version) versionTable {
	t := versionTable{version: v, rows: map[string]string{}}
	for line := range strings.Lines(text) {
		row, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch row {
		case "#":
		case "versions":
			for i, name := range strings.Fields(name) {
				t.addColumn(i, name)
			}
		default:
			t.rows[name] = row
		}
	}
	return t
}

func (t *versionTable) addColumn(i int, name string) {
	c, err := known.Parse(name)
	if err != nil {
		panic("a table of kubelet versions is broken: " + err.Error())
	}
	t.minors = append(t.minors, c.Minor)
	if t.version.IsZero() || t.version.Major == c.Major && t.version.Minor == c.Minor {
		t.columns = append(t.columns, column{i, c.Patch, c.Pre})
	}
}

// letter returns the letter of this patch; between two patches that were read, the one on
// which they agree; after the last one its letter, which is a guess.
func (t versionTable) letter(row string) (letter byte, sure bool) {
	before := t.columns[0]
	for _, c := range t.columns {
		switch {
		case c.patch == t.version.Patch && t.version.Pre == c.pre:
			return row[c.index], true
		case c.patch <= t.version.Patch:
			before = c
		case row[c.index] != row[before.index]:
			return '?', false
		default:
			return row[c.index], t.version.Pre == ""
		}
	}
	return row[before.index], false
}

// has reports whether this version has the name of a row, for tables with one column a
// minor; sure is false where the version's minor was not read, and where of a release and a
// pre-release only the other was.
func (t versionTable) has(row string) (has, sure bool) {
	if t.version.IsZero() || len(t.columns) == 0 {
		return strings.Contains(row, "x"), !strings.Contains(row, ".")
	}
	c := t.columns[0]
	return row[c.index] == 'x', c.pre == t.version.Pre
}

// removedIn returns the minor since which a name is gone; 0 where it is not.
func (t versionTable) removedIn(row string) uint {
	last := strings.LastIndexByte(row, 'x')
	if last < 0 || last+1 == len(row) {
		return 0
	}
	return t.minors[last+1]
}
