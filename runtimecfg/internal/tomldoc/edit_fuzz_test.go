package tomldoc

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
		for _, decode := range decoders() {
			checkEdit(t, src, decode, target, value)
		}
	})
}

func checkEdit(t *testing.T, src []byte, decode Decode, target Target, value bool) {
	t.Helper()
	d, err := Scan(src)
	if err != nil || decode(src, &map[string]any{}) != nil {
		return
	}
	set, err := SetBool(src, decode, target, value)
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
	judge(t, decode, src, set.After, func(m map[string]any) { setIn(m, path, value) })
	again, err := SetBool(set.After, decode, target, value)
	if err != nil || !bytes.Equal(again.After, set.After) {
		t.Fatalf("second set: %v\n%q\n%q", err, set.After, again.After)
	}
	if len(found) == 0 {
		line := set.After[set.Offset:lineEnd(set.After, set.Offset)]
		if !strings.Contains(string(line), target.Key) {
			t.Fatalf("the offset %d points at %q, not at the key", set.Offset, line)
		}
	}
	removed, err := Remove(set.After, decode, target)
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

func judge(t *testing.T, decode Decode, before, after []byte, change func(map[string]any)) {
	t.Helper()
	want, got := map[string]any{}, map[string]any{}
	if err := errors.Join(decode(before, &want), decode(after, &got)); err != nil {
		t.Fatalf("the judge refuses %q or %q: %v", before, after, err)
	}
	change(want)
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Fatalf("meaning changed:\n%s\nbefore %q\nafter  %q", diff, before, after)
	}
}
