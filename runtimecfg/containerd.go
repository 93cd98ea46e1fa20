package runtimecfg

import (
	"reflect"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// containerd is the rules of containerd (v1.7.34 services/server/config/config.go, v2.3.4
// cmd/containerd/server/config/config.go): its configuration file and what that imports.
type containerd struct{}

func (containerd) paths(in Inputs) Paths {
	p := Paths{Config: infoOf(known.Containerd).Config}
	if v, ok := stringFlag(in, "config", "c"); ok && v.Text != "" {
		p.config(v)
	}
	return p
}

func (containerd) effective(in Inputs, paths Paths, out *Result) {
	c := newContainerd(in, out)
	c.PodEvents = c.eventsByDefault()
	root, found := fileAt(in.Files, paths.Config)
	switch {
	case found:
		c.load(root)
	case paths.configLimit == nil && paths.ConfigAt.Kind.Overrides():
		c.fatal(codeContainerdMissing, paths.ConfigAt, paths.Config+": no such file or directory", "create the file, or remove --config")
	}
	c.merge()
}

func (containerd) patterns(in Inputs, paths Paths) []string {
	var patterns []string
	c := newContainerd(in, &Result{})
	if root, ok := fileAt(in.Files, paths.Config); ok {
		c.load(root)
	}
	for _, f := range c.files {
		for _, pattern := range f.own.Imports {
			patterns = append(patterns, f.pattern(pattern))
		}
	}
	return patterns
}

// containerdConfig is the configuration of containerd while it is read.
type containerdConfig struct {
	*Result
	in    Inputs
	rules containerdRules
	keys  keyTable
	// top decodes like containerd's own struct, without the tables of plugins.
	top     reflect.Type
	setting known.Switch
	files   []*containerdFile
}

func newContainerd(in Inputs, out *Result) *containerdConfig {
	c := &containerdConfig{Result: out, in: in, rules: containerdRulesAt(in.Version), keys: parseKeys(containerdKeys)}
	c.setting, _ = infoOf(known.Containerd).Switch(in.Version)
	column, _ := c.keys.column(in.Version)
	c.top = c.topAt(column)
	return c
}

// topAt is the type of a whole file, without the tables of plugins.
func (c *containerdConfig) topAt(column int) reflect.Type {
	top := &keyNode{}
	for _, kid := range c.keys.root.kids {
		if kid.name == "plugins" {
			kid = &keyNode{name: kid.name, letters: kid.letters}
		}
		top.kids = append(top.kids, kid)
	}
	return top.goType(column, nil)
}

// eventsByDefault is the answer before any file is read: containerd always sends events from
// 1.7 on, whatever its files set. A build that has a setting shows its default in its dump.
func (c *containerdConfig) eventsByDefault() source.Setting[bool] {
	if c.in.KnowsPodEvents {
		return source.DefaultTo(c.in.Dumped)
	}
	s := source.DefaultTo(known.RuntimeAt(known.Containerd, c.in.Version).Events != known.EventsNone)
	s.Known = !c.in.Version.IsZero()
	return s
}

// edit chooses the CRI table: of those that this release reads in a file of this version the
// one whose key counts, else the usual one, else one that exists.
func (containerd) edit(version known.Version, src []byte) (editor, error) {
	c := newContainerd(Inputs{Version: version}, &Result{})
	e := editor{reader: c.rules.reader()}
	f := c.open(source.ConfigFile, source.File{Data: src})
	if p, fatal := source.FirstFatal(c.Problems); fatal {
		return e, &tomldoc.Error{Line: p.At.Line, Column: p.At.Column, Reason: p.Message}
	}
	chosen := criTable(f.own.Version)
	exists := f.plugin(chosen) != nil
	for _, name := range c.rules.criTables(f.own.Version) {
		if table := f.plugin(name); child(table, c.setting.Key) != nil || table != nil && !exists {
			chosen, exists = name, true
		}
	}
	e.target = tomldoc.Target{Table: []string{"plugins", chosen}, Key: c.setting.Key}
	return e, nil
}
