package kubeletcfg

import (
	"fmt"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/source"
)

func TestMentions(t *testing.T) {
	config := head + `# EventedPLEG: true
featureGates:
  EventedPLEG: true # EventedPLEG is on
  eventedPleg: true
feature-gates: {EventedPLEG: true}
kubelet:
  featureGates:
    EventedPLEG: true
clusterDNS: ["EventedPLEG"]
clusterDomain: x=EventedPLEG
---
featureGates: {EventedPLEG: true}
`
	in := inputs("1.36.3", []byte(config), [][]byte{gates("EventedPLEG: true", "EventedPLEG: false"), []byte("kind: X # EventedPLEG\n")},
		"--feature-gates=EventedPLEG=true", "--feature-gates=eventedpleg=true", "--node-labels=a=EventedPLEG", "EventedPLEG=true", "--feature-gates=X=true,EventedPLEG=false")
	in.DropIns.Skipped = []source.File{{Path: "d/a.conf.bak", Data: gates("EventedPLEG: true")}}
	var got []string
	for _, m := range Read(in).Mentions("EventedPLEG") {
		got = append(got, m.String())
	}
	want := []string{
		"config.yaml:3:3: has no effect, because it is in a comment",
		"config.yaml:5:3: has no effect, because it is overridden by --feature-gates of process 7",
		"config.yaml:5:23: has no effect, because it is in a comment",
		"config.yaml:6:3: has no effect, because the gate is spelled EventedPLEG",
		"config.yaml:7:17: has no effect, because feature-gates is not a field of a KubeletConfiguration",
		"config.yaml:10:5: has no effect, because kubelet is not a field of a KubeletConfiguration",
		"config.yaml:11:15: has no effect, because it is text in the value of clusterDNS.[]",
		"config.yaml:12:18: has no effect, because it is text in the value of clusterDomain",
		"config.yaml:14:16: has no effect, because the kubelet reads only the first document of a file",
		"d/0.conf:4:3: has no effect, because the same key again, further down, replaces it",
		"d/0.conf:5:3: has no effect, because it is overridden by --feature-gates of process 7",
		"d/1.conf:1:11: has no effect, because the kubelet cannot read this file",
		"d/a.conf.bak:4:3: has no effect, because the kubelet reads only files that end in .conf here",
		"--feature-gates of process 7: has no effect, because it is overridden by --feature-gates of process 7",
		"--feature-gates of process 7: has no effect, because the gate is spelled EventedPLEG",
		"--node-labels of process 7: has no effect, because it is text in the value of --node-labels",
		"--feature-gates of process 7: counts",
		"argument 4 of process 7: has no effect, because the kubelet does not accept the argument",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestMentionsThatCount(t *testing.T) {
	for name, c := range map[string]struct {
		in   Inputs
		want string
	}{
		"file":        {inputs("1.36.3", gates("EventedPLEG: true"), nil), "[config.yaml:4:3]"},
		"JSON":        {inputs("1.36.3", []byte(`{"apiVersion":"kubelet.config.k8s.io/v1beta1","kind":"KubeletConfiguration","featureGates":{"EventedPLEG":true}}`), nil), "[config.yaml:1:94]"},
		"null":        {inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{gates("EventedPLEG: null")}), "[d/0.conf:4:3]"},
		"other case":  {inputs("1.37.2", nil, [][]byte{[]byte(head + "FeatureGates: {EventedPLEG: true}\n")}), "[d/0.conf:3:16]"},
		"duplicate":   {inputs("1.36.3", gates("EventedPLEG: true", "EventedPLEG: false"), nil), "[config.yaml:5:3]"},
		"not at all":  {inputs("1.36.3", gates("GracefulNodeShutdown: true"), nil), "[]"},
		"two in file": {inputs("1.36.3", append(gates("EventedPLEG: true"), "featureGates: {EventedPLEG: false}\n"...), nil), "[config.yaml:5:16]"},
	} {
		var counts []string
		for _, m := range Read(c.in).Mentions("EventedPLEG") {
			if m.Counts {
				counts = append(counts, m.At.String())
			}
		}
		if got := fmt.Sprint(counts); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
