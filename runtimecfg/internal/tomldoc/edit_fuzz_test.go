package tomldoc

import (
	"bytes"
	"strings"
	"testing"

	burnt "github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	gotoml "github.com/pelletier/go-toml/v2"
)

const note = "# ours"

func targets() []Target {
	return []Target{
		{Table: []string{"crio", "runtime"}, Key: "enable_pod_events", Fold: true, Note: note},
		{Table: []string{"a"}, Key: "b", Note: note},
		{Table: []string{"a", "b"}, Key: "c", Note: note},
		{Table: []string{"plugins", "io.containerd.grpc.v1.cri"}, Key: "enable_pod_events", Note: note},
		{Key: "a", Note: note},
	}
}

// FuzzEdit: with BurntSushi as judge, set means the old text with the one key, twice is
// once, and remove gives back the bytes.
func FuzzEdit(f *testing.F) {
	for _, s := range append(seeds(), shapes()...) {
		for i := range targets() {
			f.Add([]byte(s), uint8(i), i%2 == 0)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, which uint8, value bool) {
		target := targets()[int(which)%len(targets())]
		for _, dialect := range []Dialect{BurntSushi, GoTOML} {
			checkEdit(t, src, dialect, target, value)
		}
	})
}

func checkEdit(t *testing.T, src []byte, dialect Dialect, target Target, value bool) {
	t.Helper()
	d, err := Parse(src, dialect)
	if err != nil {
		return
	}
	set, err := SetBool(src, dialect, target, value)
	if err != nil {
		return
	}
	found, _ := d.Find(target.Fold, target.path()...)
	path := target.path()
	if len(found) == 1 {
		path = found[0].Path()
	} else if table, rest, err := d.deepest(target); err == nil {
		path = append(append(table.Path(), rest...), target.Key)
	}
	judge(t, dialect, src, set.After, func(m map[string]any) { setIn(m, path, value) })
	again, err := SetBool(set.After, dialect, target, value)
	if err != nil || again.Changed || !bytes.Equal(again.After, set.After) {
		t.Fatalf("second set: %v, changed %v\n%q\n%q", err, again.Changed, set.After, again.After)
	}
	if len(found) == 0 {
		line := set.After[set.Offset:lineEnd(set.After, set.Offset)]
		if !strings.Contains(string(line), target.Key) {
			t.Fatalf("the offset %d points at %q, not at the key", set.Offset, line)
		}
	}
	removed, err := Remove(set.After, dialect, target)
	if len(found) > 0 || strings.Contains(string(src), note) {
		return
	}
	if err != nil {
		t.Fatalf("remove: %v\nfrom %q\nwas %q", err, set.After, src)
	}
	if !bytes.Equal(removed.After, src) {
		t.Fatalf("set then remove\nwas %q\nset %q\nnow %q", src, set.After, removed.After)
	}
}

func judge(t *testing.T, dialect Dialect, before, after []byte, change func(map[string]any)) {
	t.Helper()
	decode := func(b []byte) map[string]any {
		m := map[string]any{}
		var err error
		if dialect == BurntSushi {
			_, err = burnt.Decode(string(b), &m)
		} else {
			err = gotoml.Unmarshal(b, &m)
		}
		if err != nil {
			t.Fatalf("the judge refuses %q: %v", b, err)
		}
		return m
	}
	want, got := decode(before), decode(after)
	change(want)
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Fatalf("meaning changed:\n%s\nbefore %q\nafter  %q", diff, before, after)
	}
}
