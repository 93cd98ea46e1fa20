package kubeletcfg

import (
	"maps"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// Config is a kubelet's configuration over all its sources. [Read] makes it.
type Config struct {
	in       Inputs
	flags    CommandLine
	rules    mergeRules
	table    gateTable
	files    []file // the --config file, then the drop-ins
	assigned assignments
	problems []source.Problem
	// hidden reports whether a source could not be read, so that only a flag is certain.
	hidden bool
}

// Read reads the configuration. Start with [Config.Gate], [Config.Settings] and
// [Config.Problems].
func Read(in Inputs) *Config {
	c := &Config{in: in, flags: CommandLineOf(in.Command), rules: rulesAt(in.Version), table: gatesAt(in.Version)}
	c.readConfigFile()
	c.readDropIns()
	c.collect()
	c.checkFlags()
	c.checkFields()
	c.checkGates()
	slices.SortStableFunc(c.problems, compareProblems)
	return c
}

// Problems lists why a kubelet would not start with this configuration, and what in it does
// not do what it seems to, ordered by position.
func (c *Config) Problems() []source.Problem { return slices.Clone(c.problems) }

// Starts reports whether no fatal problem was found.
func (c *Config) Starts() bool {
	_, fatal := source.FirstFatal(c.problems)
	return !fatal
}

func (c *Config) report(p source.Problem) { c.problems = append(c.problems, p) }

func (c *Config) readConfigFile() {
	if c.in.Config == nil {
		if f, ok := c.flags.Last("config"); ok && f.Value != "" {
			c.notGiven(f)
		}
		return
	}
	if f := c.readFile(*c.in.Config, source.ConfigFile); !f.broken {
		c.checkDuplicates(f, false)
	}
}

// notGiven reports a source that a flag names and the caller did not pass in.
func (c *Config) notGiven(f Flag) {
	c.hidden = true
	c.report(source.Problem{Code: CodeUnreadable, Effect: source.Unread, At: f.At, Message: f.Value + " was not read"})
}

// readFile parses a file that must be a KubeletConfiguration, and keeps it.
func (c *Config) readFile(from source.File, kind source.Kind) file {
	f := file{kind: kind, path: from.Path}
	f.broken = !c.parse(&f, from)
	c.hidden = c.hidden || f.broken
	c.files = append(c.files, f)
	return f
}

// parse reports whether the kubelet can read the file, and the problem where it cannot.
func (c *Config) parse(f *file, from source.File) bool {
	whole := source.At(f.kind, f.path, 0, 0)
	fatal := func(code source.Code, at source.Position, message, hint string) bool {
		c.report(source.Problem{Code: code, Effect: source.Fatal, At: at, Message: message, Hint: hint})
		return false
	}
	if from.Err != nil {
		c.report(unreadable(whole, "the file", from.Err))
		return false
	}
	if len(from.Data) == 0 {
		return fatal(CodeEmpty, whole, "the file is empty", "write apiVersion and kind into it, or remove it")
	}
	doc, bad := readDocument(from.Data)
	f.doc = doc
	if bad != nil {
		return fatal(CodeSyntax, f.at(bad.off), bad.reason, "")
	}
	if bad := doc.checkKind(); bad != nil && !c.excused(*f) {
		return fatal(kindCode(doc, bad), f.at(bad.off), bad.reason, "the file must be a KubeletConfiguration of "+configVersion)
	}
	if docs := splitDocuments(doc.Text); !doc.json && len(docs) > 1 {
		c.report(source.Problem{
			Code: CodeMoreDocuments, Effect: source.Ignored, At: f.at(docs[1].from),
			Message: "the kubelet reads only the first document and ignores the others",
		})
	}
	c.checkSpelling(*f)
	return true
}

// checkSpelling reports "FeatureGates" and the like: ignored in a --config file, and merged
// apart from featureGates in a drop-in.
func (c *Config) checkSpelling(f file) {
	effect, message := source.Ignored, " has no effect: the key is featureGates"
	if c.patches(f) {
		effect, message = source.Suspect, " works only by chance: a drop-in merges it separately from featureGates"
	}
	for _, key := range slices.Sorted(maps.Keys(f.doc.value)) {
		if key != "featureGates" && strings.EqualFold(key, "featureGates") {
			c.report(source.Problem{Code: CodeMisspelt, Effect: effect, At: f.position(key), Message: key + message, Hint: "spell it featureGates"})
		}
	}
}

// excused reports whether this version accepts a drop-in of another kind or apiVersion:
// 1.29 to 1.31 only require a kind.
func (c *Config) excused(f file) bool {
	kind, _ := f.doc.value["kind"].(string)
	return c.rules.apart && f.kind == source.DropIn && kind != ""
}

func kindCode(doc document, bad *badText) source.Code {
	switch {
	case doc.value["kind"] == configKind:
		return CodeVersion
	case bad.elsewhere:
		return CodeNotFirst
	}
	return CodeKind
}
