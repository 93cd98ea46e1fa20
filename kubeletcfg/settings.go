package kubeletcfg

import (
	"encoding/json"
	"strconv"

	"github.com/plegctl/plegctl/verify/source"
)

// Settings are the settings that decide how a kubelet can be reached and observed, over
// all sources.
type Settings struct {
	// Address and Port are where the kubelet serves (10250), with TLS and authentication.
	Address source.Setting[string]
	Port    source.Setting[int]
	// ReadOnlyPort serves without authentication; 0 is off.
	ReadOnlyPort source.Setting[int]
	// HealthzBindAddress and HealthzPort (10248; 0 is off) serve /healthz.
	HealthzBindAddress source.Setting[string]
	HealthzPort        source.Setting[int]
	// ContainerRuntimeEndpoint is the CRI endpoint; before 1.27 it is a flag only, and "" by default.
	ContainerRuntimeEndpoint source.Setting[string]
	// StaticPodPath is a directory or file of static pods; "" is none. A relative path in a
	// --config file starts at that file's directory.
	StaticPodPath source.Setting[string]
	// StaticPodURL is where static pods are fetched from; "" is nowhere.
	StaticPodURL source.Setting[string]
}

// Settings returns the settings that other packages need. Defaults are those of
// kubernetes v1.26.15 to v1.37.2, pkg/kubelet/apis/config/v1beta1/defaults.go; a kubelet
// without --config has the older ones of cmd/kubelet/app/options (applyLegacyDefaults).
//
// They describe the text, also where a kubelet would not start with it: one that still runs
// may have read the same values.
func (c *Config) Settings() Settings {
	readOnlyPort := "0"
	if c.in.Config == nil && !c.configNamed() {
		readOnlyPort = "10255"
	}
	const keep, drop = false, true // whether 0 or "" in a file counts as not set
	f := func(flag, fallback string, zeroIsUnset bool, path ...string) field {
		return field{path: path, flag: flag, fallback: fallback, zeroIsUnset: zeroIsUnset}
	}
	endpoint := f("container-runtime-endpoint", "", keep)
	if c.in.Version.IsZero() || !c.in.Version.MinorLess(1, 27) {
		endpoint = f(endpoint.flag, "unix:///run/containerd/containerd.sock", drop, "containerRuntimeEndpoint")
	}
	return Settings{
		Address:                  resolve(c, f("address", "0.0.0.0", drop, "address"), asText),
		Port:                     resolve(c, f("port", "10250", drop, "port"), asInteger),
		ReadOnlyPort:             resolve(c, f("read-only-port", readOnlyPort, keep, "readOnlyPort"), asInteger),
		HealthzBindAddress:       resolve(c, f("healthz-bind-address", "127.0.0.1", drop, "healthzBindAddress"), asText),
		HealthzPort:              resolve(c, f("healthz-port", "10248", keep, "healthzPort"), asInteger),
		ContainerRuntimeEndpoint: resolve(c, endpoint, asText),
		StaticPodPath:            resolve(c, f("pod-manifest-path", "", keep, "staticPodPath"), asText),
		StaticPodURL:             resolve(c, f("manifest-url", "", keep, "staticPodURL"), asText),
	}
}

// configNamed reports whether the kubelet has a --config file, read or not.
func (c *Config) configNamed() bool {
	f, ok := c.flags.Last("config")
	return ok && f.Value != ""
}

func asText(a source.Assignment[any]) (string, bool) {
	v, ok := a.Value.(string)
	return v, ok
}

// asInteger reads a JSON number, or the text of a flag or a default.
func asInteger(a source.Assignment[any]) (int, bool) {
	switch v := a.Value.(type) {
	case json.Number:
		i, err := v.Int64()
		return int(i), err == nil
	case string:
		i, err := strconv.ParseInt(v, 0, 32)
		return int(i), err == nil && a.At.Kind != source.ConfigFile && a.At.Kind != source.DropIn
	}
	return 0, false
}
