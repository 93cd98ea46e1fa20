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

// ThreeWay shows what plegctl changed and what another program changed, in between and since:
// each as a unified diff, in the order in which it happened.
func (d Drift) ThreeWay() string {
	var out strings.Builder
	last := d.Edits[0].Before
	theirs := func(when string, now FileState) {
		if !now.SameContent(last) {
			out.WriteString("# what another program changed " + when + "\n" + Diff(d.Path, last, now))
		}
	}
	for _, e := range d.Edits {
		theirs("in between", e.Before)
		out.WriteString(strings.TrimSpace("# what plegctl changed, as recorded "+e.Record) + "\n" + Diff(d.Path, e.Before, e.After))
		last = e.After
	}
	theirs("since", d.Now)
	return out.String()
}
