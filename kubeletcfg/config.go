package kubeletcfg

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Config is a kubelet's configuration over all its sources. It's made by [Read].
type Config struct {
	in       Inputs
	rules    mergeRules
	table    gateTable
	layers   []layer // the --config file, then the drop-ins
	said     sayings
	problems []Problem
	// hidden tells that a source could not be read or taken, so that only a flag is certain.
	hidden bool
}

// Read reads the configuration. Start with [Config.Gate], [Config.Settings] and
// [Config.Problems].
func Read(in Inputs) *Config {
	c := &Config{in: in, rules: rulesAt(in.Version), table: gatesAt(in.Version)}
	c.readConfigFile()
	c.readDropIns()
	c.listen()
	c.checkFlags()
	c.checkGates()
	slices.SortStableFunc(c.problems, comparePlaces)
	return c
}

// Effective tells the value of one feature gate, who sets it and who is overruled.
func Effective(in Inputs, gate string) Gate { return Read(in).Gate(gate) }

// Problems lists what a kubelet with this configuration would die of, and what in it is
// not what it seems; ordered by place. It does not look at the rest of a
// KubeletConfiguration: other settings may be wrong too.
func (c *Config) Problems() []Problem { return slices.Clone(c.problems) }

// Starts tells that no fatal problem was found.
func (c *Config) Starts() bool {
	return !slices.ContainsFunc(c.problems, func(p Problem) bool { return p.Fatal })
}

func (c *Config) report(p Problem) { c.problems = append(c.problems, p) }

func (c *Config) readConfigFile() {
	if c.in.Config == nil {
		if f, ok := c.in.Flags.Last("config"); ok && f.Value != "" {
			c.unread(f.Place, f.Value)
		}
		return
	}
	if l := c.readLayer(*c.in.Config, SourceConfigFile); !l.broken {
		c.checkDoubled(l, false)
	}
}

// unread notes a source that is named on the command line and was not given to us.
func (c *Config) unread(pos Place, path string) {
	c.hidden = true
	c.report(Problem{Code: CodeUnreadable, Pos: pos, Text: fmt.Sprintf("%s was not read", path), Hint: "its content is not known, so only flags are certain"})
}

// readLayer reads a file that has to be a KubeletConfiguration, and keeps it.
func (c *Config) readLayer(f TextFile, source Source) layer {
	l := layer{source: source, path: f.Path}
	l.broken = !c.takes(&l, f)
	c.hidden = c.hidden || l.broken
	c.layers = append(c.layers, l)
	return l
}

// takes tells whether the kubelet takes the file, and reports why not.
func (c *Config) takes(l *layer, f TextFile) bool {
	fatal := func(code Code, pos Place, text, hint string) bool {
		c.report(Problem{Code: code, Fatal: true, Pos: pos, Text: text, Hint: hint})
		return false
	}
	if f.Data == nil {
		return fatal(CodeUnreadable, Place{Path: f.Path}, "the file could not be read", "the kubelet does not start without it")
	}
	if len(f.Data) == 0 {
		return fatal(CodeEmpty, Place{Path: f.Path}, "the file is empty", "write apiVersion and kind into it, or remove it")
	}
	doc, bad := readDocument(f.Data)
	l.doc = doc
	if bad != nil {
		return fatal(CodeSyntax, l.at(bad.off), bad.reason, "")
	}
	if bad := doc.checkKind(); bad != nil && !c.excused(*l) {
		return fatal(c.kindCode(doc, bad), l.at(bad.off), bad.reason, "the file must be a KubeletConfiguration of "+configVersion)
	}
	if docs := splitDocuments(doc.text); !doc.json && len(docs) > 1 {
		c.report(Problem{Code: CodeMoreDocuments, Pos: l.at(docs[1].from), Text: "the kubelet reads only the first document; this one and all after it have no effect"})
	}
	c.checkSpelling(*l)
	return true
}

// checkSpelling reports "FeatureGates" and the like: without effect in a --config file,
// and apart from featureGates in a drop-in.
func (c *Config) checkSpelling(l layer) {
	what := "has no effect: the key is featureGates"
	if c.patches(l) {
		what = "is not how the key is spelled; the kubelet takes it all the same, but merges it apart from featureGates"
	}
	for _, key := range slices.Sorted(maps.Keys(l.doc.value)) {
		if key != "featureGates" && strings.EqualFold(key, "featureGates") {
			c.report(Problem{Code: CodeMisspelt, Pos: l.place(key), Text: key + " " + what, Hint: "spell it featureGates"})
		}
	}
}

// excused tells that this version takes a drop-in of another kind or apiVersion: 1.29 to
// 1.31 only want a kind.
func (c *Config) excused(l layer) bool {
	kind, _ := l.doc.value["kind"].(string)
	return c.rules.apart && l.source == SourceDropIn && kind != ""
}

func (c *Config) kindCode(doc document, bad *badText) Code {
	switch {
	case doc.value["kind"] == configKind:
		return CodeVersion
	case bad.elsewhere:
		return CodeNotFirst
	}
	return CodeKind
}
