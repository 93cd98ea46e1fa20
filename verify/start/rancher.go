package start

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/plegctl/plegctl/verify/source"
)

// resolveRancher is k3s and rke2: options of the unit's command line after those of
// config.yaml and config.yaml.d; each "kubelet-arg" is one argument for the kubelet
// (k3s pkg/configfilearg/parser.go).
func resolveRancher(p *peeler, row platform, words []word) {
	for _, w := range words[1:] {
		if mayBeAny(w) {
			p.limit(w, w.unknown)
		}
	}
	own := rancherOptions(words[1:])
	file := row.file
	if v := p.env.lookUp(strings.ToUpper(row.name) + "_CONFIG_FILE"); v.from != nil || v.unknown != "" {
		file = p.known(v)
	}
	for _, o := range own {
		if o.name == "config" || o.name == "c" {
			file = p.known(o.value)
		}
	}
	options := append(p.rancherFiles(file), own...)
	args := []word{{text: constant(p.programs[0], words[0])}}
	for _, o := range options {
		switch o.name {
		case "data-dir", "d":
			row.dataDir = p.known(o.value)
		case p.programs[0] + "-arg":
			t := text{from: o.value.from, unknown: o.value.unknown}
			t.join("--", o.value.at[0])
			t.bytes, t.at = append(t.bytes, o.value.bytes...), append(t.at, o.value.at...)
			args = append(args, word{text: t, via: o.via})
		}
	}
	p.program(append(args, p.rancherOwn(row, words[0], options)...))
}

// known returns a text that decides what else is read; it limits the command where the text
// is not known.
func (p *peeler) known(t text) string {
	if t.unknown != "" {
		p.limit(word{text: t}, t.unknown)
	}
	return t.String()
}

// rancherOwn are the arguments that k3s and rke2 add themselves, as far as they name a
// configuration.
func (p *peeler) rancherOwn(row platform, due word, options []rancherOption) []word {
	via := row.name + " itself"
	switch p.programs[0] {
	case "kubelet":
		// From v1.32 on the directory holds the endpoint; before, all settings were flags.
		if dir := path.Join(row.dataDir, "agent/etc/kubelet.conf.d"); len(p.files.list(dir)) > 0 {
			return []word{{text: constant("--config-dir="+dir, due), via: via}}
		}
		endpoint := "/run/k3s/containerd/containerd.sock"
		for _, o := range options {
			switch {
			case o.name == "container-runtime-endpoint":
				endpoint = strings.TrimPrefix(p.known(o.value), "unix://")
			case o.name == "docker" && o.value.String() != "false":
				endpoint = "/run/k3s/cri-dockerd/cri-dockerd.sock"
			}
		}
		return []word{{text: constant("--container-runtime-endpoint=unix://"+endpoint, due), via: via}}
	case "containerd":
		file := path.Join(row.dataDir, "agent/etc/containerd/config.toml")
		if !p.files.exists(file) {
			p.limit(due, fmt.Sprintf("%s writes %s when it starts", row.name, file))
		}
		return []word{{text: constant("--config="+file, due), via: via}}
	}
	return nil
}

// rancherOption is one option, of the command line or a file.
type rancherOption struct {
	name  string
	value text
	via   string
}

func rancherOptions(words []word) []rancherOption {
	var all []rancherOption
	for i := 0; i < len(words); i++ {
		name, value, joined := strings.Cut(strings.TrimLeft(words[i].String(), "-"), "=")
		if !strings.HasPrefix(words[i].String(), "-") {
			continue
		}
		switch {
		case joined:
			all = append(all, rancherOption{name, words[i].cut(len(words[i].bytes)-len(value), len(words[i].bytes)), words[i].via})
		case i+1 < len(words) && !strings.HasPrefix(words[i+1].String(), "-"):
			all = append(all, rancherOption{name, words[i+1].text, words[i+1].via})
			i++
		default: // a boolean
			all = append(all, rancherOption{name, words[i].cut(0, 0), words[i].via})
		}
	}
	return all
}

// rancherFiles reads config.yaml and the files in config.yaml.d. A later file replaces a
// key, or adds to it where the key ends in "+".
func (p *peeler) rancherFiles(file string) []rancherOption {
	names := []string{file}
	for _, name := range p.files.list(file + ".d") {
		if ext := strings.ToLower(path.Ext(name)); ext == ".yaml" || ext == ".yml" {
			names = append(names, path.Join(file+".d", name))
		}
	}
	var order []string
	values := map[string][]rancherOption{}
	for _, name := range names {
		f := p.read(name)
		if f.Missing() {
			continue
		}
		for _, o := range p.rancherFile(f) {
			key, adds := strings.CutSuffix(o[0].name, "+")
			for i := range o {
				o[i].name = key
			}
			if _, known := values[key]; !known {
				order = append(order, key)
			}
			if !adds {
				values[key] = nil
			}
			values[key] = append(values[key], o...)
		}
	}
	var all []rancherOption
	for _, key := range order {
		all = append(all, values[key]...)
	}
	return all
}

// rancherFile reads one file: for each key its values.
func (p *peeler) rancherFile(f source.File) [][]rancherOption {
	content, err := yamlMapping(f)
	if err != nil {
		problem := source.Problem{Code: CodeArguments, Effect: source.Fatal, At: source.Position{Kind: source.ConfigFile, Path: f.Path}, Message: err.Error()}
		if !f.Readable() {
			problem.Code, problem.Effect, problem.Message, problem.Hint = CodeUnitUnread, source.Unread, "the file cannot be read", "run as root"
		}
		p.cmd.Problems = append(p.cmd.Problems, problem)
		p.limit(word{}, fmt.Sprintf("%s cannot be read: %v", f.Path, err))
		return nil
	}
	from := newOrigin(f)
	var all [][]rancherOption
	for i := 0; i+1 < len(content); i += 2 {
		key, node := content[i], content[i+1]
		if node.Alias != nil {
			node = node.Alias
		}
		nodes := []*yaml.Node{node}
		if node.Kind == yaml.SequenceNode {
			nodes = node.Content
		}
		values := []rancherOption{{name: key.Value, value: from.node(key, "")}}
		if len(nodes) > 0 {
			values = values[:0]
		}
		for _, n := range nodes {
			if n.Alias != nil {
				n = n.Alias
			}
			values = append(values, rancherOption{name: key.Value, value: from.node(n, n.Value)})
		}
		all = append(all, values)
	}
	return all
}

// yamlMapping returns the keys and values of a YAML document, in turn; none of an empty one.
func yamlMapping(f source.File) ([]*yaml.Node, error) {
	if !f.Readable() {
		return nil, f.Err
	}
	var doc yaml.Node
	err := yaml.Unmarshal(f.Data, &doc)
	switch {
	case err != nil || len(doc.Content) == 0 || doc.Content[0].Tag == "!!null":
		return nil, err
	case doc.Content[0].Kind != yaml.MappingNode:
		return nil, errors.New("the document is not a mapping")
	}
	return doc.Content[0].Content, nil
}

// node is a YAML scalar as text that stands where the node does.
func (o *origin) node(n *yaml.Node, value string) text {
	off, ok := o.Offset(n.Line, n.Column)
	if !ok {
		off = len(o.Src)
	}
	t := text{from: o, at: []int{off}}
	if value != "" {
		t.at = nil
		t.join(value, off)
	}
	return t
}
