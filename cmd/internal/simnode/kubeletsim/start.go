package kubeletsim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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

// logStart writes what a kubelet says before it talks to anybody: the effective
// configuration (verbosity 0 from 1.37, 5 before), its flags, its gates three times, and
// who it is.
func (k *Kubelet) logStart(flags commandLine) {
	if k.config.lenient != "" {
		k.log.info(0, "codec/codec.go:102", "Using lenient decoding as strict decoding failed", "err", k.config.lenient+"\n")
	}
	if k.known.ShowsEffectiveConfig {
		k.log.info(0, k.lines.effective, "Effective KubeletConfiguration", "config", k.effectiveYAML())
	}
	for _, flag := range k.flagValues(flags) {
		k.log.plain(1, "flag/flags.go:64", "FLAG: "+flag)
	}
	if !k.known.ShowsEffectiveConfig {
		k.log.info(5, "app/server.go:292", "KubeletConfiguration", "configuration", k.config.raw)
	}
	k.logGates()
	k.log.info(0, k.lines.version, "Kubelet version", "kubeletVersion", "v"+k.opts.Version.String())
	k.log.info(0, k.lines.golang, "Golang settings", "GOGC", "", "GOMAXPROCS", "", "GOTRACEBACK", "")
	k.logGates()
	k.logGates()
}

// flagValues lists the flags that tell something, as the kubelet prints them: quoted, the
// value or the default.
func (k *Kubelet) flagValues(flags commandLine) []string {
	shown := map[string]string{"config": "", "feature-gates": "", "v": "0", "container-runtime-endpoint": "", "logging-format": "text"}
	if !k.opts.Version.MinorLess(1, 28) {
		shown["config-dir"] = ""
	}
	maps.Copy(shown, flags)
	var list []string
	for _, name := range slices.Sorted(maps.Keys(shown)) {
		list = append(list, fmt.Sprintf("--%s=%q", name, shown[name]))
	}
	return list
}

// effectiveYAML is the merged configuration with the defaults that matter.
func (k *Kubelet) effectiveYAML() string {
	all := map[string]any{
		"healthzBindAddress": "127.0.0.1", "nodeStatusUpdateFrequency": "10s", "syncFrequency": "1m0s", "failSwapOn": true,
		"cgroupsPerQOS": true, "maxPods": 110, "volumeStatsAggPeriod": "1m0s",
	}
	maps.Copy(all, k.config.raw)
	format := "text"
	if k.config.json {
		format = "json"
	}
	all["logging"] = map[string]any{"flushFrequency": "5s", "format": format, "verbosity": k.config.verbosity}
	all["healthzPort"], all["port"] = k.config.healthzPort, k.config.port
	all["containerRuntimeEndpoint"] = "unix://" + k.config.endpoint
	if len(k.config.gates) == 0 {
		delete(all, "featureGates")
	}
	text, err := yaml.Marshal(all)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
