package kubeletcfg

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
)

func (c *Config) readDropIns() {
	flag, given := c.in.Flags.Last("config-dir")
	folder := c.in.DropIns
	if folder == nil {
		if given && flag.Value != "" {
			c.unread(flag.Place, flag.Value)
		}
		return
	}
	pos := Place{Path: folder.Path}
	if given {
		pos = flag.Place
	}
	if !c.knowsConfigDir(pos) {
		return
	}
	switch {
	case folder.Missing:
		c.hidden = true
		c.report(Problem{Code: CodeNoDropInFolder, Fatal: true, Pos: pos, Text: fmt.Sprintf("the folder %s is not there", folder.Path),
			Hint: "create it, or take --config-dir out of the kubelet's flags"})
		return
	case folder.Link:
		c.report(Problem{Code: CodeDropInFolderLink, Pos: pos, Text: fmt.Sprintf("%s is a symlink, and the kubelet reads nothing in it", folder.Path),
			Hint: "write --config-dir with a slash at its end"})
		return
	}
	for _, f := range folder.Files {
		l := c.readLayer(f, SourceDropIn)
		if l.broken {
			continue
		}
		c.checkDoubled(l, !c.rules.mixed)
	}
}

// checkDoubled reports keys that stand twice: fatal in a drop-in, where the kubelet
// decodes strictly; elsewhere the last one counts.
func (c *Config) checkDoubled(l layer, fatal bool) {
	if l.doc.strict == nil {
		return
	}
	what, hint := "the kubelet takes the last one", "make it one: what the earlier one says is lost"
	switch {
	case fatal:
		what, hint = "in a drop-in this is fatal", "make it one"
	case l.doc.json:
		what, hint = "the kubelet lays the last one over the first", "make it one"
	}
	doubled := doubledKeys(l.doc.root)
	for _, e := range doubled {
		c.report(Problem{Code: CodeDoubledKey, Fatal: fatal, Pos: l.at(e.keyStart), Text: fmt.Sprintf("%s stands twice in the same map; %s", e.key, what), Hint: hint})
	}
	if len(doubled) == 0 { // a merged map and the key itself: legal YAML, but not to the strict parser
		c.report(Problem{Code: CodeDoubledKey, Fatal: fatal, Pos: l.at(l.doc.errorOffset(l.doc.strict)), Text: fmt.Sprintf("%s; %s", plainYAMLError(l.doc.strict), what), Hint: hint})
	}
}

// knowsConfigDir tells whether this kubelet reads a --config-dir at all.
func (c *Config) knowsConfigDir(pos Place) bool {
	if c.in.Version.IsZero() {
		return true
	}
	switch known.KubeletAt(c.in.Version).ConfigDir {
	case known.ConfigDirNone:
		c.report(Problem{Code: CodeNoConfigDir, Fatal: true, Pos: pos, Text: fmt.Sprintf("kubelet %s has no flag --config-dir", c.in.Version), Hint: "take it out of the kubelet's flags"})
		return false
	case known.ConfigDirNeedsEnv:
		if !c.in.DropInVariable {
			c.report(Problem{Code: CodeDropInsNeedVariable, Fatal: true, Pos: pos,
				Text: fmt.Sprintf("kubelet %s takes --config-dir only with KUBELET_CONFIG_DROPIN_DIR_ALPHA in its environment", c.in.Version),
				Hint: "set the variable in the kubelet's unit, or take --config-dir out of its flags"})
		}
	}
	return true
}
