package runtimecfg

import (
	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// SetContainerdPodEvents sets enable_pod_events in the CRI table of a containerd file, the
// table being the one of the file's own config version. Upstream containerd ignores the
// key (its events are always on from 1.7): this is for a build whose `config dump` shows it.
// The bytes are treated as by [SetPodEvents].
func SetContainerdPodEvents(src []byte, version known.Version, on bool) (source.Edit, error) {
	t, err := containerdTarget(src, version)
	if err != nil {
		return source.Edit{}, refusal(src, err)
	}
	return setBool(src, tomldoc.GoTOML, t, on)
}

// RemoveContainerdPodEvents takes the key out again.
func RemoveContainerdPodEvents(src []byte, version known.Version) (source.Edit, error) {
	t, err := containerdTarget(src, version)
	if err != nil {
		return source.Edit{}, refusal(src, err)
	}
	return remove(src, tomldoc.GoTOML, t)
}

// containerdTarget chooses the CRI table: of those that this release reads in a file of
// this version the one that holds the key, else the first that is there, else the first.
func containerdTarget(src []byte, version known.Version) (tomldoc.Target, error) {
	doc, err := tomldoc.Parse(src, tomldoc.GoTOML)
	if err != nil {
		return tomldoc.Target{}, err
	}
	rules := containerdRulesAt(version)
	l := loader{rules: rules, out: &Containerd{}}
	f := containerdFile{doc: doc, fold: !rules.old}
	names := rules.criTables(l.versionOf(f))
	chosen, rank := names[0], 0
	for _, name := range names {
		table := f.plugin(name)
		switch {
		case child(table, podEventsKey) != nil && rank < 2:
			chosen, rank = name, 2
		case table != nil && rank < 1:
			chosen, rank = name, 1
		}
	}
	return tomldoc.Target{Table: []string{"plugins", chosen}, Key: podEventsKey, Note: ownNote}, nil
}
