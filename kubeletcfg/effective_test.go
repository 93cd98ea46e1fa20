package kubeletcfg

import (
	"fmt"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
)

func gates(lines ...string) []byte {
	return []byte(head + "featureGates:\n  " + strings.Join(lines, "\n  ") + "\n")
}

// inputs makes Inputs of a --config file (nil: none), drop-ins and flags.
func inputs(version string, config []byte, dropIns [][]byte, flags ...string) Inputs {
	in := Inputs{Flags: ParseCommandLine(append([]string{"kubelet"}, flags...)), DropInVariable: true}
	if version != "" {
		in.Version, _ = known.Parse(version)
	}
	if config != nil {
		in.Config = &TextFile{"config.yaml", config}
	}
	if dropIns != nil {
		in.DropIns = &DropInFolder{Path: "d"}
		for i, data := range dropIns {
			in.DropIns.Files = append(in.DropIns.Files, TextFile{fmt.Sprintf("d/%d.conf", i), data})
		}
	}
	return in
}

func told(s Setter) string {
	what := fmt.Sprintf("%s=%v", s.Gate, s.On)
	if s.Removes {
		what = s.Gate + " removed"
	}
	return fmt.Sprintf("%s by %s at %s", what, s.Source, s.Pos)
}

func TestEffective(t *testing.T) {
	const e = "EventedPLEG"
	json := []byte(`{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","featureGates":{"EventedPLEG":true}}`)
	for _, c := range []struct {
		name      string
		in        Inputs
		winner    string
		overruled []string
	}{
		{"nobody", inputs("1.36.3", []byte(head), nil), "EventedPLEG=false by default at default", nil},
		{"file", inputs("1.36.3", gates("EventedPLEG: yes"), nil), "EventedPLEG=true by config file at config.yaml:4:3", nil},
		{"JSON file", inputs("1.36.3", json, nil), "EventedPLEG=true by config file at config.yaml:1:93", nil},
		{"drop-in over file", inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{gates("EventedPLEG: false"), gates("A: true")}),
			"EventedPLEG=false by config drop-in at d/0.conf:4:3", []string{"EventedPLEG=true by config file at config.yaml:4:3"}},
		{"flag over all, last flag first", inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{gates("EventedPLEG: false")}, "--feature_gates=A=true,EventedPLEG=0", "--feature-gates", "EventedPLEG=T"),
			"EventedPLEG=true by flag at argument 2 of the command line", []string{
				"EventedPLEG=false by flag at argument 1 of the command line", "EventedPLEG=false by config drop-in at d/0.conf:4:3", "EventedPLEG=true by config file at config.yaml:4:3"}},
		{"flags are added up", inputs("1.36.3", gates("EventedPLEG: true"), nil, "--feature-gates=A=true"), "EventedPLEG=true by config file at config.yaml:4:3", nil},
		{"drop-in null takes the gate away", inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{gates("EventedPLEG: null")}),
			"EventedPLEG=false by default at default", []string{"EventedPLEG removed by config drop-in at d/0.conf:4:3", "EventedPLEG=true by config file at config.yaml:4:3"}},
		{"drop-in null wipes the map", inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{[]byte(head + "featureGates:\n")}),
			"EventedPLEG=false by default at default", []string{"featureGates removed by config drop-in at d/0.conf:3:1", "EventedPLEG=true by config file at config.yaml:4:3"}},
		{"set again after a wipe", inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{[]byte(head + "featureGates:\n"), gates("EventedPLEG: true")}),
			"EventedPLEG=true by config drop-in at d/1.conf:4:3", []string{"featureGates removed by config drop-in at d/0.conf:3:1", "EventedPLEG=true by config file at config.yaml:4:3"}},
		{"1.30: null does not reach the file", inputs("1.30.14", gates("EventedPLEG: true"), [][]byte{gates("EventedPLEG: false"), gates("EventedPLEG: null")}),
			"EventedPLEG=true by config file at config.yaml:4:3", []string{"EventedPLEG removed by config drop-in at d/1.conf:4:3", "EventedPLEG=false by config drop-in at d/0.conf:4:3"}},
		{"1.28: null is false", inputs("1.28.15", gates("EventedPLEG: true"), [][]byte{gates("EventedPLEG: null")}),
			"EventedPLEG=false by config drop-in at d/0.conf:4:3", []string{"EventedPLEG=true by config file at config.yaml:4:3"}},
		{"1.28: null map is nothing", inputs("1.28.15", gates("EventedPLEG: true"), [][]byte{[]byte(head + "featureGates:\n")}), "EventedPLEG=true by config file at config.yaml:4:3", nil},
		{"null in the file is false", inputs("1.36.3", gates("EventedPLEG:"), nil), "EventedPLEG=false by config file at config.yaml:4:3", nil},
		{"AllAlpha", inputs("1.36.3", gates("AllAlpha: true"), nil), "AllAlpha=true by config file at config.yaml:4:3", nil},
		{"the gate beats AllAlpha", inputs("1.36.3", gates("EventedPLEG: false"), nil, "--feature-gates=AllAlpha=true"),
			"EventedPLEG=false by config file at config.yaml:4:3", []string{"AllAlpha=true by flag at argument 1 of the command line"}},
		{"AllBeta does not reach an alpha gate", inputs("1.36.3", gates("AllBeta: true"), nil), "EventedPLEG=false by default at default", nil},
		{"AllBeta where it was beta", inputs("1.27.9", gates("AllBeta: true", "AllAlpha: true"), nil), "AllBeta=true by config file at config.yaml:4:3", nil},
		{"AllAlpha where it was alpha again", inputs("1.27.10", gates("AllBeta: true", "AllAlpha: true"), nil), "AllAlpha=true by config file at config.yaml:5:3", nil},
		{"doubled block, the last counts", inputs("1.36.3", append(gates("EventedPLEG: true"), "featureGates:\n  A: true\n"...), nil), "EventedPLEG=false by default at default", nil},
		{"doubled gate, the last counts", inputs("1.36.3", gates("EventedPLEG: true", "EventedPLEG: false"), nil), "EventedPLEG=false by config file at config.yaml:5:3", nil},
		{"only the first document", inputs("1.36.3", []byte(head+"---\n"+string(gates("EventedPLEG: true"))), nil), "EventedPLEG=false by default at default", nil},
		{"another spelling in a drop-in is merged apart", inputs("1.37.2", gates("EventedPLEG: false"), [][]byte{[]byte(head + "FeatureGates: {EventedPLEG: true}\n"), []byte(head + "featureGates:\n")}),
			"EventedPLEG=true by config drop-in at d/0.conf:3:16", []string{"featureGates removed by config drop-in at d/1.conf:3:1", "EventedPLEG=false by config file at config.yaml:4:3"}},
		{"featureGates counts after FeatureGates", inputs("1.37.2", gates("EventedPLEG: false"), [][]byte{[]byte(head + "FeatureGates: {EventedPLEG: true}\n")}),
			"EventedPLEG=false by config file at config.yaml:4:3", []string{"EventedPLEG=true by config drop-in at d/0.conf:3:16"}},
		{"another spelling in the file", inputs("1.37.2", []byte(head+"FeatureGates: {EventedPLEG: true}\n"), nil), "EventedPLEG=false by default at default", nil},
		{"merged map", inputs("1.36.3", []byte("x: &f {EventedPLEG: true}\n"+head+"featureGates:\n  <<: *f\n"), nil), "EventedPLEG=true by config file at config.yaml:4:1", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := Effective(c.in, e)
			if got := told(g.Winner); got != c.winner || g.On != g.Winner.On || !g.Known {
				t.Errorf("got %s (on %v, known %v), want %s", got, g.On, g.Known, c.winner)
			}
			var overruled []string
			for _, s := range g.Overruled {
				overruled = append(overruled, told(s))
			}
			if fmt.Sprint(overruled) != fmt.Sprint(c.overruled) {
				t.Errorf("overruled\n%q, want\n%q", overruled, c.overruled)
			}
		})
	}
}

func TestEffectiveIsNotKnown(t *testing.T) {
	for name, in := range map[string]Inputs{
		"version not known":        inputs("", []byte(head), nil),
		"file not readable":        inputs("1.36.3", nil, nil, "--config=/x"),
		"file not valid":           inputs("1.36.3", []byte("a: ["), nil),
		"folder not given":         inputs("1.36.3", gates("EventedPLEG: true"), nil, "--config-dir=/d"),
		"drop-in not readable":     inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{nil}),
		"shell hides the flags":    {Version: known.V(1, 36, 3), Config: &TextFile{"c", gates("EventedPLEG: true")}, Flags: ParseCommandLine([]string{"/bin/sh", "-c", "kubelet"})},
		"another gate, no version": inputs("1.60.0", []byte(head), nil),
	} {
		gate := "EventedPLEG"
		if strings.HasPrefix(name, "another") {
			gate = "GracefulNodeShutdown"
		}
		if g := Effective(in, gate); g.Known {
			t.Errorf("%s: known as %+v", name, g)
		}
	}
	in := inputs("1.36.3", []byte("a: ["), nil, "--feature-gates=EventedPLEG=true")
	if g := Effective(in, "EventedPLEG"); !g.Known || !g.On {
		t.Errorf("a flag is certain whatever the file says: %+v", g)
	}
}
