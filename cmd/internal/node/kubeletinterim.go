package node

import (
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
)

// kubeletConfig is an interim until kubeletcfg.Effective is there.
func (s *sight) kubeletConfig() {
	k := &s.facts.Kubelet
	args := s.kubelet.process.Args
	flags := map[string]string{}
	if len(args) == 0 {
		flags["config"] = "/var/lib/kubelet/config.yaml"
	}
	for i, a := range args {
		name, value, ok := strings.Cut(strings.TrimPrefix(a, "--"), "=")
		if strings.HasPrefix(a, "--") && !ok && i+1 < len(args) {
			value = args[i+1]
		}
		flags[name] = value
	}
	k.Args = verify.Seen(args, "process")
	k.ConfigDir = verify.Seen(flags["config-dir"], "flags")
	files := []string{flags["config"]}
	var names []string
	if dir := flags["config-dir"]; dir != "" {
		names, _ = s.below(dir, hostfs.WalkOptions{})
		files = append(files, names...)
	}
	type config struct {
		Gates    map[string]bool `json:"featureGates"`
		Static   *string         `json:"staticPodPath"`
		Endpoint *string         `json:"containerRuntimeEndpoint"`
		Port     *int            `json:"port"`
		ReadOnly *int            `json:"readOnlyPort"`
		Healthz  *int            `json:"healthzPort"`
	}
	all := config{}
	k.Gate.Fact = verify.Seen(false, "default")
	k.DemandRelist.Fact = verify.Seen(true, "default")
	for i, name := range files {
		f, err := s.read(name)
		if err != nil {
			k.Gate.Fact = unseen[bool](err)
			return
		}
		if i == 0 {
			k.Config = verify.Seen(f, name)
		} else {
			k.DropIns.Value = append(k.DropIns.Value, f)
		}
		var c config
		if err := yaml.Unmarshal(f.Data, &c); err != nil {
			k.Gate.Fact = unseen[bool](err)
			return
		}
		line := 0
		for n, l := range strings.Split(string(f.Data), "\n") {
			if strings.Contains(l, known.Gate) {
				line = n + 1
			}
		}
		if v, ok := c.Gates[known.Gate]; ok {
			s.overrule(v, verify.Layer{Where: fmt.Sprintf("%s:%d", name, line), Path: name, Line: line, Value: fmt.Sprint(v), Wins: true})
		}
		k.Changed = verify.Seen(newest(k.Changed.Value, f.Changed), "files")
		_ = yaml.Unmarshal(f.Data, &all)
	}
	k.DropIns.Seen = true
	for _, pair := range strings.Split(flags["feature-gates"], ",") {
		if name, value, _ := strings.Cut(pair, "="); name == known.Gate {
			s.overrule(value == "true", verify.Layer{Where: "--feature-gates", Value: value, Wins: true})
		}
	}
	text := func(v *string) verify.Setting[string] {
		if v == nil {
			return verify.Setting[string]{Fact: verify.Seen("", "default")}
		}
		return verify.Setting[string]{Fact: verify.Seen(*v, "file"), Explicit: true}
	}
	num := func(v *int, def int) verify.Setting[int] {
		if v == nil {
			return verify.Setting[int]{Fact: verify.Seen(def, "default")}
		}
		return verify.Setting[int]{Fact: verify.Seen(*v, "file"), Explicit: true}
	}
	k.StaticPodPath, k.RuntimeEndpoint = text(all.Static), text(all.Endpoint)
	if e := flags["container-runtime-endpoint"]; e != "" {
		k.RuntimeEndpoint = verify.Setting[string]{Fact: verify.Seen(e, "--container-runtime-endpoint"), Explicit: true}
	}
	k.Port, k.ReadOnlyPort, k.HealthzPort = num(all.Port, defaultPort), num(all.ReadOnly, 0), num(all.Healthz, defaultHealthzPort)
}

func (s *sight) overrule(v bool, l verify.Layer) {
	g := &s.facts.Kubelet.Gate
	for i := range g.Layers {
		g.Layers[i].Wins = false
	}
	g.Layers = append(g.Layers, l)
	g.Fact, g.Explicit = verify.Seen(v, l.Where), true
}
