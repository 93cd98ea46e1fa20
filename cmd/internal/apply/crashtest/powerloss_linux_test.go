package crashtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// powerLoss cuts the power after every call that changes a file, and lays out what may be
// left of it: only what was fsynced; names without data; data without names; and mixes.
func (l *lab) powerLoss(t *testing.T, v verb) {
	t.Helper()
	dir := t.TempDir()
	root := filepath.Join(dir, "node")
	copyTree(t, v.from, root)
	d := newDisk(t, root)
	finished := filepath.Join(dir, "finished")
	copyTree(t, v.from, finished)
	l.plegctl(t, 0, finished, v.args...)
	before, after := snapshot(t, v.from), snapshot(t, finished)
	cells, calls := 0, 0
	code, err := l.trace(t, root, v, nil, func(c call) {
		d.done(c, root)
		calls++
		for i, loss := range losses(uint64(calls)) {
			if !full() && (calls+i)%17 != 0 {
				continue
			}
			cell := filepath.Join(dir, fmt.Sprintf("cut-%d-%d", calls, i))
			d.cut(cell, loss)
			l.plegctl(t, 0, cell, "recover")
			l.judge(t, fmt.Sprintf("%s, power cut after call %d (%s), %s", v.name, calls, c, loss.name), cell, before, after)
			cells++
			if err := os.RemoveAll(cell); err != nil {
				t.Error(err)
			}
		}
	})
	if errors.Is(err, errNoPtrace) {
		t.Skipf("SKIPPED, nothing was proven: %v", err)
	}
	if err != nil || code != 0 {
		t.Fatalf("%s: exit %d, %v", v.name, code, err)
	}
	t.Logf("%s: %d calls, %d cells", v.name, calls, cells)
}

// losses are the ways to lose power at one moment. The mixes are drawn from the inode and
// the moment, so that a failure comes again.
func losses(moment uint64) []loss {
	all := func(uint64) bool { return true }
	none := func(uint64) bool { return false }
	mix := func(salt uint64) func(uint64) bool {
		return func(ino uint64) bool {
			x := ino*0x9e3779b97f4a7c15 ^ moment*0xbf58476d1ce4e5b9 ^ salt*0x94d049bb133111eb
			return (x>>33)&1 == 0
		}
	}
	return []loss{
		{"only what was fsynced", none, none},
		{"names survive, data does not", all, none},
		{"data survives, names do not", none, all},
		{"a mix", mix(1), mix(2)},
		{"another mix", mix(3), mix(4)},
	}
}
