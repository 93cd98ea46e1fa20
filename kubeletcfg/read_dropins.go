package kubeletcfg

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

func (c *Config) readDropIns() {
	flag, given := c.flags.Last("config-dir")
	given = given && flag.Value != ""
	dir := c.in.DropIns
	if dir == nil && !given {
		return
	}
	at := flag.At
	if !given {
		at = source.At(source.DropIn, dir.Path, 0, 0)
	}
	if !c.knowsConfigDir(at) {
		return
	}
	if dir == nil {
		c.notGiven(flag)
		return
	}
	switch {
	case dir.Err != nil:
		c.hidden = true
		p := unreadable(at, "the directory "+dir.Path, dir.Err)
		if dir.Missing() {
			p.Hint = "create it, or remove --config-dir from the kubelet's flags"
		}
		c.report(p)
		return
	case dir.Link:
		c.report(source.Problem{
			Code: CodeDropInDirLink, Effect: source.Ignored, At: at,
			Message: dir.Path + " is a symlink, and the kubelet reads nothing in it", Hint: "write --config-dir with a slash at its end",
		})
		return
	}
	for _, from := range dir.Files {
		if f := c.readFile(from, source.DropIn); !f.broken {
			c.checkDuplicates(f, !c.rules.mixed)
		}
	}
	for _, f := range dir.Skipped {
		c.report(source.Problem{
			Code: CodeDropInSkipped, Effect: source.Ignored, At: source.At(source.DropIn, f.Path, 0, 0),
			Message: "the kubelet reads only files that end in .conf here, not this one",
		})
	}
}

// checkDuplicates reports duplicate keys: fatal in a drop-in, where the kubelet decodes
// strictly; elsewhere the last one counts.
func (c *Config) checkDuplicates(f file, fatal bool) {
	if f.doc.strict == nil {
		return
	}
	p := source.Problem{Code: CodeDuplicateKey, Effect: source.Suspect, Hint: "keep one of them"}
	what := "the kubelet uses the last one"
	switch {
	case fatal:
		p.Effect, what = source.Fatal, "the kubelet does not start with it in a drop-in"
	case f.doc.json:
		what = "the kubelet merges the last one into the first"
	}
	duplicates := duplicateKeys(f.doc.root)
	for _, e := range duplicates {
		p.At, p.Message = f.at(e.keyStart), fmt.Sprintf("duplicate key %q: %s", e.key, what)
		c.report(p)
	}
	if len(duplicates) == 0 { // a merged map and the key itself: legal YAML, but not to the strict parser
		p.At, p.Message = f.at(f.doc.errorOffset(f.doc.strict)), plainYAMLError(f.doc.strict)+": "+what
		c.report(p)
	}
}

// knowsConfigDir reports whether this kubelet reads a --config-dir at all.
func (c *Config) knowsConfigDir(at source.Position) bool {
	if c.in.Version.IsZero() {
		return true
	}
	switch known.KubeletAt(c.in.Version).ConfigDir {
	case known.ConfigDirNone:
		return false // reported with the other unknown flags
	case known.ConfigDirNeedsEnv:
		if _, set := c.in.Command.Variable("KUBELET_CONFIG_DROPIN_DIR_ALPHA"); !set {
			c.report(source.Problem{
				Code: CodeDropInsNeedVariable, Effect: source.Fatal, At: at,
				Message: fmt.Sprintf("kubelet %s accepts --config-dir only with KUBELET_CONFIG_DROPIN_DIR_ALPHA in its environment", c.in.Version),
				Hint:    "set the variable in the kubelet's unit, or remove --config-dir from its flags",
			})
		}
	}
	return true
}
