package runtimecfg

import (
	"reflect"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// crio is the rules of CRI-O: its configuration file, then every file below its drop-in
// directory in the order of filepath.Walk, then the environment, then the flags (cri-o
// v1.36.3 internal/criocli/criocli.go mergeConfig, pkg/config/config.go UpdateFromPath).
// A flag or variable counts also when it sets false.
type crio struct{}

func (crio) paths(in Inputs) Paths {
	info := infoOf(known.CRIO)
	p := Paths{Config: info.Config, DropInDir: info.DropInDir}
	if v, ok := variable(in, "CONTAINER_CONFIG"); ok && v.Text != "" {
		p.config(v)
	}
	if v, ok := stringFlag(in, "config", "c"); ok {
		p.config(v)
	}
	if v, ok := variable(in, "CONTAINER_CONFIG_DIR"); ok && v.Text != "" {
		p.dropInDir(v)
	}
	if v, ok := stringFlag(in, "config-dir", "d"); ok {
		p.dropInDir(v)
	}
	return p
}

func (crio) effective(in Inputs, paths Paths, out *Result) {
	c := &crioConfig{Result: out, in: in, keys: parseKeys(crioKeys)}
	if c.setting, c.known = infoOf(known.CRIO).Switch(in.Version); !c.known {
		c.setting, _ = infoOf(known.CRIO).Switch(known.Version{})
	}
	column, _ := c.keys.column(in.Version)
	c.typ = c.keys.root.goType(column, nil)
	config, found := fileAt(in.Files, paths.Config)
	switch {
	case found:
		c.read(source.ConfigFile, config)
	case paths.configLimit == nil && paths.ConfigAt.Kind.Overrides() && paths.Config != "":
		c.report(source.Problem{
			Code: codeCRIOMissing, Effect: source.Fatal, At: paths.ConfigAt,
			Message: paths.Config + ": no such file or directory", Hint: "create the file, or remove " + paths.ConfigAt.Name,
		})
	}
	for _, f := range walkOrder(filesBelow(in.Files, paths.DropInDir)) {
		c.leftover(f)
		c.read(source.DropIn, f)
	}
	c.environment()
	c.flags()
	c.checkPrograms()
	if n := len(c.assignments); n > 0 {
		c.PodEvents.Overridden = c.assignments[:n-1]
		slices.Reverse(c.PodEvents.Overridden)
	}
}

func (crio) edit(version known.Version, src []byte) (editor, error) {
	s, ok := infoOf(known.CRIO).Switch(version)
	if !ok {
		s, _ = infoOf(known.CRIO).Switch(known.Version{})
	}
	return editor{reader: burntSushi(), target: tomldoc.Target{Table: s.Table, Key: s.Key, Fold: true}}, nil
}

// crioConfig is the configuration of CRI-O while it is read.
type crioConfig struct {
	*Result
	in   Inputs
	keys keyTable
	// typ decodes like CRI-O's own struct.
	typ reflect.Type
	// setting switches container events on; known reports whether the release has it.
	setting known.Switch
	known   bool
	// assignments are the values of the setting in the order of reading.
	assignments []source.Assignment[bool]
	// named are the programs, by the key that names them.
	named map[string]source.Assignment[string]
}

// override lets a later assignment win.
func (c *crioConfig) override(a source.Assignment[bool]) {
	c.assignments = append(c.assignments, a)
	c.PodEvents.Assignment, c.PodEvents.Known = a, true
}

// read applies one file.
func (c *crioConfig) read(kind source.Kind, f source.File) {
	c.Files = append(c.Files, f)
	if f.Err != nil {
		c.PodEvents.Known = false
		c.report(unreadable(codeCRIOUnread, kind, f, "run as root, or read the file yourself: CRI-O reads every file there"))
		return
	}
	r := crioFile{crioConfig: c, kind: kind, file: f}
	r.apply()
}

func infoOf(name known.RuntimeName) known.RuntimeInfo {
	info, _ := known.RuntimeInfoOf(name)
	return info
}

func fileAt(files []source.File, name string) (source.File, bool) {
	for _, f := range files {
		if f.Path == name && name != "" && !f.Missing() {
			return f, true
		}
	}
	return source.File{}, false
}

// filesBelow are the files in a directory and below it, and the directory itself where it
// cannot be listed.
func filesBelow(files []source.File, dir string) []source.File {
	var found []source.File
	for _, f := range files {
		if dir != "" && !f.Missing() && (strings.HasPrefix(f.Path, dir+"/") || f.Path == dir) {
			found = append(found, f)
		}
	}
	return found
}
