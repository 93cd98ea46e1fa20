// Package bundle turns the facts of a node into a document that may be handed on, and back: the
// same judge gives the same verdict on them elsewhere. It redacts by structure: of what people
// configure it keeps names, numbers and booleans, and only those texts that are on its list.
package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/source"
)

// Kind is the kind of the document.
const Kind = "Bundle"

// Config is a configuration file of a daemon without its secrets.
type Config struct {
	Path string `json:"path"`
	// Error says why it has no content here: it could not be read, or not be parsed.
	Error string `json:"error,omitempty"`
	// Content is the document; texts that may be secret are replaced.
	Content any `json:"content,omitempty"`
}

// Bundle is what a maintainer needs to judge a node elsewhere.
type Bundle struct {
	// Plegctl is the version that made the bundle; it alone is sure to read the facts.
	Plegctl string `json:"plegctl"`
	// Configs are the files of the kubelet and the runtime in reading order.
	Configs []Config `json:"configs"`
	// KubeletArgs and RuntimeArgs are the daemons' command lines; Environment has the names of
	// the variables that their units set.
	KubeletArgs []string `json:"kubeletArgs"`
	RuntimeArgs []string `json:"runtimeArgs"`
	Environment []string `json:"environment"`
	// Facts are what was observed. Their fields are those of plegctl's source, not of its API.
	Facts json.RawMessage `json:"facts"`
}

// New makes a bundle of what was observed.
func New(f verify.Facts, plegctl string) (Bundle, error) {
	r := redactor{secrets: map[string]bool{}}
	b := Bundle{Plegctl: plegctl, Configs: []Config{}}
	for _, file := range append(f.Kubelet.Inputs.Value.Files(), f.Runtime.Files.Value...) {
		b.Configs = append(b.Configs, r.config(file))
	}
	kubelet, runtime := f.Kubelet.Inputs.Value.Command, f.Runtime.Inputs.Command
	b.KubeletArgs, b.RuntimeArgs = r.args(kubelet.Args), r.args(runtime.Args)
	b.Environment = append(r.env(kubelet.Env), r.env(runtime.Env)...)

	facts, err := json.Marshal(withoutSources(f))
	if err != nil {
		return Bundle{}, fmt.Errorf("encode the facts: %w", err)
	}
	b.Facts, err = r.scrub(facts)
	return b, err
}

// withoutSources drops the text of files and command lines, which no verdict needs: what
// follows from them is in the facts, too.
func withoutSources(f verify.Facts) verify.Facts {
	f.Kubelet.Inputs.Value.Command.Args = nil
	f.Kubelet.Inputs.Value.Command.Env = nil
	f.Kubelet.Inputs.Value.Command.Files = nil
	f.Kubelet.Inputs.Value.Config = nil
	f.Kubelet.Inputs.Value.DropIns = nil
	f.Kubelet.Configz.Value = nil
	f.Runtime.Files.Value = nil
	f.Runtime.Inputs.Command.Args = nil
	f.Runtime.Inputs.Command.Env = nil
	f.Runtime.Inputs.Command.Files = nil
	f.Runtime.Inputs.Files = nil
	f.Kubelet.Mentions = withoutText(f.Kubelet.Mentions)
	f.Runtime.Mentions = withoutText(f.Runtime.Mentions)
	return f
}

// withoutText keeps where a setting is named: the line may hold a whole configuration.
func withoutText(mentions []source.Mention) []source.Mention {
	kept := make([]source.Mention, len(mentions))
	for i, m := range mentions {
		m.Text = hidden
		kept[i] = m
	}
	return kept
}

// Facts reads the facts of a bundle.
func Facts(document []byte) (verify.Facts, error) {
	var b struct {
		Kind string `json:"kind"`
		Bundle
	}
	var f verify.Facts
	if err := json.Unmarshal(document, &b); err != nil {
		return f, fmt.Errorf("parse the bundle: %w", err)
	}
	if b.Kind != Kind {
		return f, fmt.Errorf("the document is of kind %q, not %s", b.Kind, Kind)
	}
	decoder := json.NewDecoder(bytes.NewReader(b.Facts))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return f, fmt.Errorf("read the facts, which plegctl %s wrote: %w", b.Plegctl, err)
	}
	return f, nil
}
