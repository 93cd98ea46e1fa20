package kubeletsim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"sigs.k8s.io/yaml"
)

// emit hands the output to the journal, which stores every line as an entry of its own.
func (k *Kubelet) emit(text string) {
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if line != "" {
			k.opts.Write(line)
		}
	}
}

// sayStart writes what a kubelet says before it talks to anybody: the effective
// configuration, its flags, its gates three times, and who it is.
func (k *Kubelet) sayStart() {
	if k.config.lenient != "" {
		k.log.say("lenient", "err", k.config.lenient+"\n")
	}
	if config, err := yaml.Marshal(k.config.raw); err == nil { // without the defaults
		k.log.say("config", "config", string(config))
	}
	k.config.flags.VisitAll(func(f *pflag.Flag) {
		k.log.plain("flag", fmt.Sprintf("FLAG: --%s=%q", f.Name, strings.Trim(f.Value.String(), "[]")))
	})
	k.sayGates()
	k.log.say("version", "kubeletVersion", "v"+k.opts.Version)
	k.log.say("golang", "GOGC", "", "GOMAXPROCS", "", "GOTRACEBACK", "")
	k.sayGates()
	k.sayGates()
}

// sayGates tells which gates were set explicitly.
func (k *Kubelet) sayGates() {
	if k.does.pairs {
		k.log.say("gates", "featureGates", k.config.gates)
		return
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(k.config.gates)) {
		list = append(list, fmt.Sprintf("%s:%v", name, k.config.gates[name]))
	}
	k.log.plain("gates", "feature gates: {map["+strings.Join(list, " ")+"]}")
}
