package runtimecfg

import (
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// lint finds the setting where CRI-O does not look for it, and keys that were meant to be
// it. CRI-O ignores unknown keys silently.
func (f *crioFile) lint(all map[string]any) {
	before := len(f.Problems)
	f.lintTable(all, nil)
	slices.SortStableFunc(f.Problems[before:], func(a, b source.Problem) int { return a.At.Compare(b.At) })
}

func (f *crioFile) lintTable(table map[string]any, path []string) {
	want := append(slices.Clone(f.setting.Table), f.setting.Key)
	for name, value := range table {
		here := append(slices.Clone(path), name)
		if below, ok := value.(map[string]any); ok {
			f.lintTable(below, here)
			continue
		}
		switch {
		case slices.EqualFunc(here, want, strings.EqualFold):
		case strings.EqualFold(name, f.setting.Key):
			f.problem(codeCRIOMisplaced, source.Ignored, f.at(here),
				"CRI-O ignores "+strings.Join(here, ".")+": the key belongs into the table ["+strings.Join(f.setting.Table, ".")+"]",
				"move it below ["+strings.Join(f.setting.Table, ".")+"]")
		case looksLikePodEvents(name):
			f.problem(codeCRIOMisspelled, source.Ignored, f.at(here), "CRI-O ignores "+name+", which is not a key of it", "write "+f.setting.Key)
		}
	}
}

// looksLikePodEvents reports names such as enablePodEvents and pod_events.
func looksLikePodEvents(name string) bool {
	plain := strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
	switch strings.TrimPrefix(strings.TrimSuffix(plain, "s"), "enable") {
	case "podevent", "podsevent", "podlifecycleevent":
		return true
	}
	return false
}

// lenient reports what this CRI-O's library accepts and others do not: go-toml, and the
// releases of BurntSushi before 1.6.0 (before CRI-O 1.36), which do not know TOML 1.1.
// go-toml 1 stands for the latter.
func (f *crioFile) lenient() {
	readers := []struct {
		reader
		who string
	}{{goTOML2(), "other TOML readers refuse it"}}
	if v := f.in.Version; v.IsZero() || v.MinorLess(1, 36) {
		readers = append(readers, struct {
			reader
			who string
		}{goTOML1(), "CRI-O before 1.36 may refuse it"})
	}
	for _, r := range readers {
		if _, _, err := r.read(f.file.Data); err != nil && !err.TooLarge {
			f.problem(codeCRIOLenient, source.Suspect, source.At(f.kind, f.file.Path, err.Line, err.Column), "CRI-O reads this, but "+r.who+": "+err.Reason, "")
			return
		}
	}
}
