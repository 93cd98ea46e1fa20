package plan

import (
	"bytes"
	"slices"
)

// reversed is a file without plegctl's own changes, newest taken out first; false where one
// of them cannot be distinguished from the work of another program.
func reversed(c FileChange, now FileState) (FileState, bool) {
	ok := now.Exists && !now.Dir
	for _, e := range slices.Backward(c.edits()) {
		if ok = ok && e.Before.Exists && e.After.Exists; ok {
			now.Data, ok = reverse(e.Before.Data, e.After.Data, now.Data)
		}
	}
	return now, ok
}

// reverse takes our own change of a file out of what it has become since, and leaves what
// another program added elsewhere. It succeeds only where the lines that we wrote, with the
// line before and the line after, stand exactly once.
func reverse(before, after, now []byte) ([]byte, bool) {
	was, is := bytes.SplitAfter(before, []byte("\n")), bytes.SplitAfter(after, []byte("\n"))
	head := 0
	for head < len(was) && head < len(is) && bytes.Equal(was[head], is[head]) {
		head++
	}
	tail := 0
	for tail < len(was)-head && tail < len(is)-head && bytes.Equal(was[len(was)-1-tail], is[len(is)-1-tail]) {
		tail++
	}
	from, to := max(head-1, 0), min(len(is)-tail+1, len(is))
	ours := bytes.Join(is[from:to], nil)
	if len(ours) == 0 || bytes.Count(now, ours) != 1 {
		return nil, false
	}
	theirs := bytes.Join(slices.Concat(is[from:head], was[head:len(was)-tail], is[len(is)-tail:to]), nil)
	return bytes.Replace(now, ours, theirs, 1), true
}
