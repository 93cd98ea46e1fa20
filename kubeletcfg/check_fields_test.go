package kubeletcfg

import (
	"fmt"
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	for _, c := range []struct {
		version, config string
		dropIns         []string
		want            string
	}{
		{"1.34.4", "maxPods: many\n", nil, "fatal config.yaml:3:1: maxPods: json: cannot unmarshal string into Go struct field KubeletConfiguration.maxPods of type int32"},
		{"1.34.4", "maxPods: 1.5\n", nil, "fatal config.yaml:3:1: maxPods: json: cannot unmarshal number 1.5 into Go struct field KubeletConfiguration.maxPods of type int32"},
		{"1.34.4", "maxPods: null\nclusterDNS:\nport: 1e3\n", nil, ""},
		{"1.34.4", "syncFrequency: 5 minutes\n", nil, `fatal config.yaml:3:1: syncFrequency: time: unknown unit " minutes" in duration "5 minutes"`},
		{"1.34.4", "syncFrequency: 60\n", nil, "fatal config.yaml:3:1: syncFrequency: json: cannot unmarshal number into Go value of type string"},
		{"1.34.4", "syncFrequency: null\n", nil, `fatal config.yaml:3:1: syncFrequency: time: invalid duration ""`},
		{"1.34.4", "failSwapOn: \"false\"\n", nil, "fatal config.yaml:3:1: failSwapOn: json: cannot unmarshal string into Go struct field KubeletConfiguration.failSwapOn of type bool"},
		{"1.34.4", "clusterDNS: 10.96.0.10\n", nil, "fatal config.yaml:3:1: clusterDNS: json: cannot unmarshal string into Go struct field KubeletConfiguration.clusterDNS of type a list"},
		{"1.34.4", "clusterDNS:\n- 10\n", nil, "fatal config.yaml:3:1: clusterDNS: json: cannot unmarshal number into Go struct field KubeletConfiguration.clusterDNS of type string"},
		{"1.34.4", "authentication:\n  anonymous:\n    enabled: 1\n", nil, "fatal config.yaml:5:5: enabled: json: cannot unmarshal number into Go struct field KubeletAnonymousAuthentication.authentication.anonymous.enabled of type bool"},
		{"1.34.4", "authentication: []\n", nil, "fatal config.yaml:3:1: authentication: json: cannot unmarshal array into Go struct field KubeletConfiguration.authentication of type v1beta1.KubeletAuthentication"},
		{"1.34.4", "evictionHard: {memory.available: 5}\n", nil, "fatal config.yaml:3:16: memory.available: json: cannot unmarshal number into Go struct field KubeletConfiguration.evictionHard of type string"},
		{"1.34.4", "logging: {flushFrequency: 5, verbosity: -1}\n", nil, "fatal config.yaml:3:30: verbosity: json: cannot unmarshal number -1 into Go struct field LoggingConfiguration.logging.verbosity of type v1.VerbosityLevel"},
		{"1.34.4", "reservedMemory:\n- numaNode: 0\n  limits: {memory: 1x}\n", nil, "fatal config.yaml:3:1: memory: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"},
		{"1.34.4", "feature-gates:\n  EventedPLEG: true\n", nil, `ignored config.yaml:3:1: unknown field "feature-gates": the kubelet ignores it`},
		{"1.34.4", "MaxPods: many\n", nil, `ignored config.yaml:3:1: unknown field "MaxPods": the kubelet ignores it`},
		{"1.26.15", "containerRuntimeEndpoint: x\n", nil, `ignored config.yaml:3:1: unknown field "containerRuntimeEndpoint": the kubelet ignores it (added in 1.27)`},
		{"1.60.0", "new: x\n", nil, `suspect config.yaml:3:1: unknown field "new": the kubelet ignores it`},
		{"", "maxPods: many\n", nil, "fatal config.yaml:3:1: maxPods: json: cannot unmarshal string into Go struct field KubeletConfiguration.maxPods of type int32"},
		{"1.37.2", "", []string{"maxPods: many\n", "maxPods: 5\n"}, ""},
		{"1.37.2", "", []string{"maxPods: 5\n", "MaxPods: many\n"}, "fatal d/1.conf:3:1: MaxPods: json: cannot unmarshal string into Go struct field KubeletConfiguration.MaxPods of type int32"},
		{"1.37.2", "", []string{"logging: {verbosity: x}\n", "logging: null\n", "logging: {format: json}\n", "nope: 1\n"}, `ignored d/3.conf:3:1: unknown field "nope": the kubelet ignores it`},
		{"1.28.15", "", []string{"maxPods: many\n", "maxPods: 5\n"}, "fatal d/0.conf:3:1: maxPods: json: cannot unmarshal string into Go struct field KubeletConfiguration.maxPods of type int32"},
	} {
		var dropIns [][]byte
		for _, text := range c.dropIns {
			dropIns = append(dropIns, []byte(head+text))
		}
		var got []string
		for _, p := range Read(inputs(c.version, []byte(head+c.config), dropIns)).Problems() {
			got = append(got, fmt.Sprintf("%s %s: %s", p.Effect, p.At, p.Message))
		}
		if text := strings.Join(got, "\n"); text != c.want {
			t.Errorf("%s %q %q:\n got %s\nwant %s", c.version, c.config, c.dropIns, text, c.want)
		}
	}
}
