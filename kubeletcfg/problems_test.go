package kubeletcfg

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/source"
)

func shown(problems []source.Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%s %s at %s", p.Code, p.Effect, p.At))
	}
	return out
}

func TestProblems(t *testing.T) {
	for _, c := range []struct {
		name string
		in   Inputs
		want []string
	}{
		{"none", inputs("1.36.3", gates("EventedPLEG: true"), [][]byte{testEditor().DropIn("EventedPLEG", true)}, "--feature-gates=EventedPLEG=true"), nil},
		{"unknown gate in the file", inputs("1.36.3", gates("EventedPLEG: true", "Nope: true"), nil), []string{"gate-unknown fatal at config.yaml:5:3"}},
		{"unknown gate in a drop-in", inputs("1.36.3", []byte(head), [][]byte{gates("Nope: true")}), []string{"gate-unknown fatal at d/0.conf:4:3"}},
		{"unknown gate taken away again", inputs("1.36.3", []byte(head), [][]byte{gates("Nope: true"), gates("Nope: null")}), nil},
		{"unknown gate in the file, taken away by a drop-in", inputs("1.36.3", gates("Nope: true"), [][]byte{gates("Nope: null")}), []string{"gate-unknown fatal at config.yaml:4:3"}},
		{"unknown gate in a flag", inputs("1.36.3", []byte(head), nil, "--feature-gates=Nope=true"), []string{"gate-unknown fatal at --feature-gates of process 7"}},
		{"gate not there yet", inputs("1.25.16", gates("EventedPLEG: true"), nil), []string{"gate-unknown fatal at config.yaml:4:3"}},
		{"gate of another version", inputs("1.35.8", gates("PLEGOnDemandRelist: true"), nil), []string{"gate-unknown fatal at config.yaml:4:3"}},
		{"a patch that was not looked into", inputs("1.37.9", gates("Nope: true"), nil), []string{"gate-unknown suspect at config.yaml:4:3"}},
		{"version not known", inputs("", gates("Nope: true"), nil), nil},
		{"minor not known", inputs("1.90.0", gates("Nope: true", "EventedPLEG: true"), nil), nil},
		{"locked gate", inputs("1.37.2", gates("PLEGOnDemandRelist: false"), nil), []string{"gate-locked fatal at config.yaml:4:3"}},
		{"locked gate at its value", inputs("1.37.2", gates("PLEGOnDemandRelist: true"), nil), nil},
		{"not locked before", inputs("1.36.3", gates("PLEGOnDemandRelist: false"), nil), nil},
		{"locked gate, put right by a flag", inputs("1.37.2", gates("PLEGOnDemandRelist: false"), nil, "--feature-gates=PLEGOnDemandRelist=true"), []string{"gate-locked fatal at config.yaml:4:3"}},
		{"locked gate, put right by a flag, 1.31", inputs("1.31.14", gates("CloudDualStackNodeIPs: false"), nil, "--feature-gates=CloudDualStackNodeIPs=true"), nil},
		{"AllAlpha on 1.37", inputs("1.37.2", gates("AllAlpha: true"), nil), []string{"gate-needs fatal at config.yaml:4:3"}},
		{"AllAlpha on 1.36", inputs("1.36.3", gates("AllAlpha: true"), nil), nil},
		{"text for a boolean", inputs("1.36.3", gates(`EventedPLEG: "true"`), nil), []string{"gate-not-boolean fatal at config.yaml:4:3"}},
		{"number for a boolean", inputs("1.36.3", []byte(head), [][]byte{gates("EventedPLEG: 1")}), []string{"gate-not-boolean fatal at d/0.conf:4:3"}},
		{"text, replaced by a later drop-in", inputs("1.36.3", []byte(head), [][]byte{gates("EventedPLEG: x"), gates("EventedPLEG: true")}), nil},
		{"no boolean in a flag", inputs("1.36.3", []byte(head), nil, "--feature-gates=EventedPLEG=yes"), []string{"gate-not-boolean fatal at --feature-gates of process 7"}},
		{"no value in a flag", inputs("1.36.3", []byte(head), nil, "--feature-gates=EventedPLEG"), []string{"gate-not-boolean fatal at --feature-gates of process 7"}},
		{"null in the file", inputs("1.36.3", gates("EventedPLEG:"), nil), []string{"gate-null suspect at config.yaml:4:3"}},
		{"doubled key in the file", inputs("1.36.3", append(gates("EventedPLEG: true"), "featureGates: {}\n"...), nil), []string{"config-duplicate-key suspect at config.yaml:5:1"}},
		{"doubled key in a drop-in", inputs("1.36.3", []byte(head), [][]byte{[]byte(head + "port: 1\nport: 2\n")}), []string{"config-duplicate-key fatal at d/0.conf:4:1"}},
		{"doubled key in a drop-in, 1.28", inputs("1.28.1", []byte(head), [][]byte{[]byte(head + "port: 1\nport: 2\n")}), []string{"config-duplicate-key suspect at d/0.conf:4:1"}},
		{"merged and set, in a drop-in", inputs("1.36.3", []byte(head), [][]byte{[]byte("x: &f {A: true}\n" + head + "featureGates: {<<: *f, A: false}\n")}), []string{"config-unknown-field ignored at d/0.conf:1:1", "config-duplicate-key fatal at d/0.conf:4:1", "gate-unknown fatal at d/0.conf:4:24"}},
		{"no kind in a drop-in", inputs("1.36.3", []byte(head), [][]byte{[]byte("port: 1\n")}), []string{"config-kind fatal at d/0.conf:1:1"}},
		{"no apiVersion in a drop-in", inputs("1.36.3", []byte(head), [][]byte{[]byte("kind: KubeletConfiguration\n")}), []string{"config-api-version fatal at d/0.conf:1:7"}},
		{"no apiVersion in a drop-in, 1.31", inputs("1.31.14", []byte(head), [][]byte{[]byte("kind: KubeletConfiguration\n")}), nil},
		{"empty drop-in", inputs("1.36.3", []byte(head), [][]byte{{}}), []string{"config-empty fatal at d/0.conf"}},
		{"drop-in of comments", inputs("1.36.3", []byte(head), [][]byte{[]byte("# none\n")}), []string{"config-syntax fatal at d/0.conf:1:1"}},
		{"file that cannot be read", inputs("1.36.3", []byte(head), [][]byte{nil}), []string{"config-unreadable unread at d/0.conf"}},
		{"syntax", inputs("1.36.3", []byte(head+"a: [\n"), nil), []string{"config-syntax fatal at config.yaml:3:1"}},
		{"not the first document", inputs("1.36.3", []byte("kind: InitConfiguration\n---\n"+head), nil), []string{"config-not-first-document fatal at config.yaml:1:7"}},
		{"more documents", inputs("1.36.3", []byte(head+"---\nkind: X\n"), nil), []string{"config-more-documents ignored at config.yaml:3:1"}},
		{"other kind", inputs("1.36.3", []byte("kind: ConfigMap\napiVersion: v1\n"), nil), []string{"config-kind fatal at config.yaml:1:7"}},
		{"gates as a list", inputs("1.36.3", []byte(head+"featureGates: [EventedPLEG]\n"), nil), []string{"gates-not-map fatal at config.yaml:3:1"}},
		{"case", inputs("1.36.3", []byte(head+"FeatureGates: {EventedPLEG: true}\n"), nil), []string{"config-key-misspelt ignored at config.yaml:3:1"}},
		{"--config-dir in 1.27", inputs("1.27.16", []byte(head), [][]byte{}, "--config-dir=d"), []string{"flag-unknown fatal at --config-dir of process 7"}},
		{"stray argument", inputs("1.36.3", []byte(head), nil, "--fail-swap-on", "false"), []string{"stray-argument fatal at argument 2 of process 7"}},
		{"--help=false with a file", inputs("1.36.3", []byte(head), nil, "--help=false"), []string{"flag-exits fatal at --help of process 7"}},
		{"file not read", inputs("1.36.3", nil, nil, "--config=/x"), []string{"config-unreadable unread at --config of process 7"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := Read(c.in)
			got := shown(config.Problems())
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q\n%+v", got, c.want, config.Problems())
			}
			if starts := !strings.Contains(fmt.Sprint(c.want), "fatal"); config.Starts() != starts {
				t.Errorf("starts: %v", config.Starts())
			}
		})
	}
}

func TestDropInDirProblems(t *testing.T) {
	in := inputs("1.36.3", gates("EventedPLEG: true"), nil, "--config-dir=/d")
	in.DropIns = &DropInDir{Path: "/d", Err: fs.ErrNotExist}
	c := Read(in)
	if got := shown(c.Problems()); !slices.Equal(got, []string{"config-unreadable fatal at --config-dir of process 7"}) {
		t.Errorf("%q", got)
	}
	in.DropIns = &DropInDir{Path: "/d", Link: true, Files: []source.File{{Path: "/d/a.conf", Data: gates("EventedPLEG: false")}}}
	c = Read(in)
	if got := shown(c.Problems()); !slices.Equal(got, []string{"drop-in-dir-link ignored at --config-dir of process 7"}) || !c.Gate("EventedPLEG").Value {
		t.Errorf("%q, %+v", got, c.Gate("EventedPLEG"))
	}
	in = inputs("1.29.15", []byte(head), [][]byte{gates("EventedPLEG: true")}, "--config-dir=/d")
	in.Command.Env = nil
	if got := shown(Read(in).Problems()); !slices.Equal(got, []string{"drop-ins-need-variable fatal at --config-dir of process 7"}) {
		t.Errorf("%q", got)
	}
}

func TestUnknownGateHint(t *testing.T) {
	for gate, want := range map[string]string{"eventedpleg": "EventedPLEG", "gracefulNodeShutdown": "GracefulNodeShutdown"} {
		problems := Read(inputs("1.36.4", gates(gate+": true"), nil)).Problems()
		if len(problems) != 1 || !strings.Contains(problems[0].Hint, want) {
			t.Errorf("%+v", problems)
		}
	}
}
