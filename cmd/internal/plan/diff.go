package plan

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

const absent = "/dev/null"

// Diff is the plan's changes as one unified diff, as `diff -u` and patch know it.
func (p Plan) Diff() string {
	var out strings.Builder
	for _, c := range p.Changes() {
		if !c.Before.Dir && !c.After.Dir {
			out.WriteString(Diff(c.Path, c.Before, c.After))
		}
	}
	return out.String()
}

// Diff is the unified diff of one path between two states; "" when the bytes are the same.
// A file that does not exist is /dev/null. Values that may be secret are hidden.
func Diff(path string, before, after FileState) string {
	old, now := path, path
	if !before.Exists {
		old = absent
	}
	if !after.Exists {
		now = absent
	}
	return udiff.Unified(old, now, mask(string(before.Data)), mask(string(after.Data)))
}

// ThreeWay shows what plegctl changed, and what another program changed since: the two
// differences side by side, each as a unified diff.
func (d Drift) ThreeWay() string {
	return "# what plegctl changed, as recorded\n" + Diff(d.Path, d.Before, d.After) +
		"# what another program changed since\n" + Diff(d.Path, d.After, d.Now)
}
