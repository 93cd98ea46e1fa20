package kubeletcfg

import (
	"cmp"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"

	"github.com/plegctl/plegctl/verify/known"
)

func gates(lines ...string) []byte {
	return []byte(head + "featureGates:\n  " + strings.Join(lines, "\n  ") + "\n")
}

func unread(data []byte) error {
	if data == nil {
		return fs.ErrPermission
	}
	return nil
}

// inputs makes Inputs of a --config file (nil: none), drop-ins and flags.
func inputs(version string, config []byte, dropIns [][]byte, flags ...string) Inputs {
	in := Inputs{Command: process(append([]string{"kubelet"}, flags...)...)}
	in.Command.Env = []start.Variable{{Name: "KUBELET_CONFIG_DROPIN_DIR_ALPHA"}}
	if version != "" {
		in.Version, _ = known.Parse(version)
	}
	if config != nil {
		in.Config = &source.File{Path: "config.yaml", Data: config, Err: unread(config)}
	}
	if dropIns != nil {
		in.DropIns = &DropInDir{Path: "d"}
		for i, data := range dropIns {
			in.DropIns.Files = append(in.DropIns.Files, source.File{Path: fmt.Sprintf("d/%d.conf", i), Data: data, Err: unread(data)})
		}
	}
	return in
}

func told(a source.Assignment[bool]) string {
	what := fmt.Sprintf("%s=%v", cmp.Or(a.Key, "EventedPLEG"), a.Value)
	if a.Removes {
		what = cmp.Or(a.Key, "EventedPLEG") + " removed"
	}
	return fmt.Sprintf("%s by %s at %s", what, a.At.Kind, a.At)
}

func TestEffective(t *testing.T) {
	const e = "EventedPLEG"
	json := []byte(`{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","featureGates":{"EventedPLEG":true}}`)
	for _, c := range []struct {
		name       string
		in         Inputs
		winner     string
		overridden []string
	}{
		{"nobody", inputs("1.36.3", []byte(head), nil), "EventedPLEG=false by default at default", nil},
		{"file", inputs("1.36.3", gates("EventedPLEG: yes"), nil), "EventedPLEG=true by config-file at config.yaml:4:3", nil},
		{"JSON file", inputs("1.36.3", json, nil), "EventedPLEG=true by config-file at config.yaml:1:93", nil},
		{
			"drop-in over file", inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{gates("EventedPLEG: false"), gates("MemoryQoS: true")}),
			"EventedPLEG=false by drop-in at d/0.conf:4:3",
			[]string{"EventedPLEG=true by config-file at config.yaml:4:3"},
		},
		{
			"flag over all, last flag first", inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{gates("EventedPLEG: false")}, "--feature_gates=MemoryQoS=true,EventedPLEG=0", "--feature-gates", "EventedPLEG=T"),
			"EventedPLEG=true by flag at --feature-gates of process 7",
			[]string{
				"EventedPLEG=false by flag at --feature-gates of process 7", "EventedPLEG=false by drop-in at d/0.conf:4:3", "EventedPLEG=true by config-file at config.yaml:4:3",
			},
		},
		{"flags are added up", inputs("1.36.3", gates("EventedPLEG: true"), nil, "--feature-gates=MemoryQoS=true"), "EventedPLEG=true by config-file at config.yaml:4:3", nil},
		{
			"drop-in null takes the gate away", inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{gates("EventedPLEG: null")}),
			"EventedPLEG=false by default at default",
			[]string{"EventedPLEG removed by drop-in at d/0.conf:4:3", "EventedPLEG=true by config-file at config.yaml:4:3"},
		},
		{
			"drop-in null wipes the map", inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{[]byte(head + "featureGates:\n")}),
			"EventedPLEG=false by default at default",
			[]string{"featureGates removed by drop-in at d/0.conf:3:1", "EventedPLEG=true by config-file at config.yaml:4:3"},
		},
		{
			"set again after a wipe", inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{[]byte(head + "featureGates:\n"), gates("EventedPLEG: true")}),
			"EventedPLEG=true by drop-in at d/1.conf:4:3",
			[]string{"featureGates removed by drop-in at d/0.conf:3:1", "EventedPLEG=true by config-file at config.yaml:4:3"},
		},
		{
			"1.30: null does not reach the file", inputs("1.30.14", gates("EventedPLEG: true"), [][]byte{gates("EventedPLEG: false"), gates("EventedPLEG: null")}),
			"EventedPLEG=true by config-file at config.yaml:4:3",
			[]string{"EventedPLEG removed by drop-in at d/1.conf:4:3", "EventedPLEG=false by drop-in at d/0.conf:4:3"},
		},
		{
			"1.28: null is false", inputs("1.28.15", gates("EventedPLEG: true"), [][]byte{gates("EventedPLEG: null")}),
			"EventedPLEG=false by drop-in at d/0.conf:4:3",
			[]string{"EventedPLEG=true by config-file at config.yaml:4:3"},
		},
		{"1.28: null map is nothing", inputs("1.28.15", gates("EventedPLEG: true"), [][]byte{[]byte(head + "featureGates:\n")}), "EventedPLEG=true by config-file at config.yaml:4:3", nil},
		{"null in the file is false", inputs("1.36.3", gates("EventedPLEG:"), nil), "EventedPLEG=false by config-file at config.yaml:4:3", nil},
		{"AllAlpha", inputs("1.36.3", gates("AllAlpha: true"), nil), "AllAlpha=true by config-file at config.yaml:4:3", nil},
		{
			"the gate beats AllAlpha", inputs("1.36.3", gates("EventedPLEG: false"), nil, "--feature-gates=AllAlpha=true"),
			"EventedPLEG=false by config-file at config.yaml:4:3",
			[]string{"AllAlpha=true by flag at --feature-gates of process 7"},
		},
		{"AllBeta does not reach an alpha gate", inputs("1.36.3", gates("AllBeta: true"), nil), "EventedPLEG=false by default at default", nil},
		{"AllBeta where it was beta", inputs("1.27.9", gates("AllBeta: true", "AllAlpha: true"), nil), "AllBeta=true by config-file at config.yaml:4:3", nil},
		{"AllAlpha where it was alpha again", inputs("1.27.10", gates("AllBeta: true", "AllAlpha: true"), nil), "AllAlpha=true by config-file at config.yaml:5:3", nil},
		{"doubled block, the last counts", inputs("1.36.3", append(gates("EventedPLEG: true"), "featureGates:\n  MemoryQoS: true\n"...), nil), "EventedPLEG=false by default at default", nil},
		{"doubled gate, the last counts", inputs("1.36.3", gates("EventedPLEG: true", "EventedPLEG: false"), nil), "EventedPLEG=false by config-file at config.yaml:5:3", nil},
		{"only the first document", inputs("1.36.3", []byte(head+"---\n"+string(gates("EventedPLEG: true"))), nil), "EventedPLEG=false by default at default", nil},
		{
			"another spelling in a drop-in is merged apart", inputs("1.37.2", gates("EventedPLEG: false"), [][]byte{[]byte(head + "FeatureGates: {EventedPLEG: true}\n"), []byte(head + "featureGates:\n")}),
			"EventedPLEG=true by drop-in at d/0.conf:3:16",
			[]string{"featureGates removed by drop-in at d/1.conf:3:1", "EventedPLEG=false by config-file at config.yaml:4:3"},
		},
		{
			"featureGates counts after FeatureGates", inputs("1.37.2", gates("EventedPLEG: false"), [][]byte{[]byte(head + "FeatureGates: {EventedPLEG: true}\n")}),
			"EventedPLEG=false by config-file at config.yaml:4:3",
			[]string{"EventedPLEG=true by drop-in at d/0.conf:3:16"},
		},
		{"another spelling in the file", inputs("1.37.2", []byte(head+"FeatureGates: {EventedPLEG: true}\n"), nil), "EventedPLEG=false by default at default", nil},
		{"merged map", inputs("1.36.3", []byte("x: &f {EventedPLEG: true}\n"+head+"featureGates:\n  <<: *f\n"), nil), "EventedPLEG=true by config-file at config.yaml:4:1", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := Read(c.in).Gate(e)
			if got := told(g.Assignment); got != c.winner || !g.Known {
				t.Errorf("got %s (known %v: %s), want %s", got, g.Known, g.Reason, c.winner)
			}
			var overridden []string
			for _, s := range g.Overridden {
				overridden = append(overridden, told(s))
			}
			if fmt.Sprint(overridden) != fmt.Sprint(c.overridden) {
				t.Errorf("overridden\n%q, want\n%q", overridden, c.overridden)
			}
		})
	}
}

func TestEffectiveIsNotKnown(t *testing.T) {
	for name, in := range map[string]Inputs{
		"AllAlpha, no version":     inputs("", gates("AllAlpha: true"), nil),
		"file not readable":        inputs("1.36.3", nil, nil, "--config=/x"),
		"file not valid":           inputs("1.36.3", []byte("a: ["), nil),
		"directory not given":      inputs("1.36.3", gates("EventedPLEG: true"), nil, "--config-dir=/d"),
		"drop-in not readable":     inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{nil}),
		"shell hides the flags":    {Version: known.V(1, 36, 3), Config: &source.File{Path: "c", Data: gates("EventedPLEG: true")}, Command: process("/bin/sh", "-c", "kubelet; true")},
		"another gate, no version": inputs("1.60.0", []byte(head), nil),
	} {
		gate := "EventedPLEG"
		if strings.HasPrefix(name, "another") {
			gate = "GracefulNodeShutdown"
		}
		if g := Read(in).Gate(gate); g.Known || g.Reason == "" {
			t.Errorf("%s: known as %+v", name, g)
		}
	}
	in := inputs("1.36.3", nil, nil, "--config=/x", "--feature-gates=EventedPLEG=true")
	if g := Read(in).Gate("EventedPLEG"); !source.Is(g, true) {
		t.Errorf("a flag is certain even where the file was not read: %+v", g)
	}
}

// The default of a gate that has always had the same one is known without a version.
func TestDefaultsWithoutVersion(t *testing.T) {
	c := Read(inputs("", []byte(head), nil))
	if g := c.Gate("EventedPLEG"); !source.Is(g, false) {
		t.Errorf("EventedPLEG: %+v", g)
	}
	if g := c.Gate("PLEGOnDemandRelist"); !source.Is(g, true) {
		t.Errorf("PLEGOnDemandRelist: %+v", g)
	}
	if g := c.Gate("SidecarContainers"); g.Known { // off in 1.28, on in 1.29
		t.Errorf("SidecarContainers: %+v", g)
	}
}
