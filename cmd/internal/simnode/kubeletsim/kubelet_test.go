package kubeletsim

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/plegctl/plegctl/verify/known"
)

const head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"

// trial starts a kubelet on files, without any runtime, and returns its output, its exit
// code and its configuration.
func trial(t *testing.T, version string, files map[string]string, args, env []string) (string, int, effective) {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			if err := os.Symlink(target, name); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	v, err := known.Parse(version)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var out strings.Builder
	k := Start(Options{
		Version: v, Root: root, Args: args, Env: env, PID: 42, Second: time.Millisecond, Now: time.Now,
		Write: func(line string) { mu.Lock(); defer mu.Unlock(); out.WriteString(line + "\n") },
	})
	code := k.ExitCode()
	mu.Lock()
	defer mu.Unlock()
	return out.String(), code, k.config
}

func main(text string) map[string]string { return map[string]string{"/k.yaml": head + text} }

// A kubelet without a runtime always ends with exit code 1; that it got so far shows that
// it took its configuration.
const noRuntime = "no container runtime endpoint is configured"

func TestWhatAKubeletDiesOf(t *testing.T) {
	on := "featureGates:\n  EventedPLEG: true\n"
	for _, c := range []struct {
		name, version string
		files         map[string]string
		args          []string
		env           []string
		code          int
		says          string
	}{
		{"gate before it existed", "1.25.16", main(on), nil, nil, 1, "failed to set feature gates from initial flags-based config: unrecognized feature gate: EventedPLEG"},
		{"gate known", "1.26.0", main(on), nil, nil, 1, noRuntime},
		{"unknown gate in the file, old", "1.31.14", main("featureGates: {Nonsense: true}\n"), nil, nil, 1, "unrecognized feature gate: Nonsense"},
		{"unknown gate in the file, new", "1.32.13", main("featureGates: {Nonsense: true}\n"), nil, nil, 2, "panic: failed to merge global and in-flight KubeletConfiguration"},
		{"unknown gate in the flag", "1.36.3", main(""), []string{"--feature-gates=Nonsense=true"}, nil, 1, "unrecognized feature gate: Nonsense"},
		{"gate in another case", "1.36.3", main("featureGates: {eventedpleg: true}\n"), nil, nil, 2, "unrecognized feature gate: eventedpleg"},
		{"quoted gate", "1.36.3", main("featureGates: {EventedPLEG: \"true\"}\n"), nil, nil, 1, "cannot unmarshal string"},
		{"relist gate before 1.36", "1.35.4", main("featureGates: {PLEGOnDemandRelist: true}\n"), nil, nil, 2, "unrecognized feature gate: PLEGOnDemandRelist"},
		{"relist gate off in 1.36", "1.36.3", main("featureGates: {PLEGOnDemandRelist: false}\n"), nil, nil, 1, noRuntime},
		{"relist gate off in 1.37", "1.37.2", main("featureGates: {PLEGOnDemandRelist: false}\n"), nil, nil, 2, "feature is locked to true"},
		{"AllAlpha in 1.37", "1.37.2", main("featureGates: {AllAlpha: true}\n"), nil, nil, 2, "depends on features that are disabled"},
		{"empty file", "1.36.3", map[string]string{"/k.yaml": "\n"}, nil, nil, 1, "was empty"},
		{"no such file", "1.36.3", nil, nil, nil, 1, "failed to read kubelet config file"},
		{"broken YAML", "1.36.3", main("a: [\n"), nil, nil, 1, "failed to decode"},
		{"not a kubelet configuration", "1.36.3", map[string]string{"/k.yaml": "kind: Pod\napiVersion: v1\n"}, nil, nil, 1, "no kind"},
		{"--config-dir before 1.28", "1.27.16", main(""), []string{"--config-dir=/d"}, nil, 1, "unknown flag: --config-dir"},
		{"--config-dir in 1.28", "1.28.15", main(""), []string{"--config-dir=/d"}, nil, 1, "KUBELET_CONFIG_DROPIN_DIR_ALPHA"},
		{"--config-dir missing", "1.36.3", main(""), []string{"--config-dir=/d"}, nil, 1, "failed to walk"},
		{"flag without a value", "1.36.3", main(""), []string{"--config-dir"}, nil, 1, "flag needs an argument"},
		{"--feature-gates not a boolean", "1.36.3", main(""), []string{"--feature-gates=EventedPLEG=maybe"}, nil, 1, "invalid value of EventedPLEG"},
	} {
		out, code, _ := trial(t, c.version, c.files, append([]string{"--config=/k.yaml"}, c.args...), c.env)
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%s: exit %d, want %d with %q:\n%s", c.name, code, c.code, c.says, out)
		}
	}
}

func TestEffectiveGate(t *testing.T) {
	file := func(text string) string { return head + text }
	on, off := "featureGates:\n  EventedPLEG: true\n", "featureGates:\n  EventedPLEG: false\n"
	for _, c := range []struct {
		name, version string
		files         map[string]string
		args          []string
		want          bool
	}{
		{"unset", "1.36.3", main(""), nil, false},
		{"file", "1.36.3", main(on), nil, true},
		{"JSON file", "1.36.3", map[string]string{"/k.yaml": `{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","featureGates":{"EventedPLEG":true}}`}, nil, true},
		{"flag beats file", "1.36.3", main(off), []string{"--feature-gates=EventedPLEG=true"}, true},
		{"last of two flags", "1.36.3", main(""), []string{"--feature-gates=EventedPLEG=true", "--feature-gates", "EventedPLEG=false"}, false},
		{"underscore in the flag", "1.36.3", main(""), []string{"--feature_gates=EventedPLEG=true"}, true},
		{"a second block drops the first", "1.36.3", main(on + "featureGates:\n  NodeSwap: true\n"), nil, false},
		{"AllAlpha", "1.36.3", main("featureGates: {AllAlpha: true}\n"), nil, true},
		{"AllAlpha and by name", "1.36.3", main("featureGates: {AllAlpha: true, EventedPLEG: false}\n"), nil, false},
		{"AllBeta in the beta window", "1.27.9", main("featureGates: {AllBeta: true}\n"), nil, true},
		{"AllBeta after it", "1.27.10", main("featureGates: {AllBeta: true}\n"), nil, false},
		{"drop-in", "1.36.3", map[string]string{"/k.yaml": file(off), "/d/90.conf": file(on)}, []string{"--config-dir=/d"}, true},
		{"drop-ins in order, at any depth", "1.36.3", map[string]string{"/k.yaml": file(on), "/d/20-a.conf": file(off), "/d/10-sub/zz.conf": file(on)}, []string{"--config-dir=/d"}, false},
		{"only *.conf", "1.36.3", map[string]string{"/k.yaml": file(off), "/d/90.yaml": file(on), "/d/10.conf": file("")}, []string{"--config-dir=/d"}, false},
		{"null takes it away", "1.36.3", map[string]string{"/k.yaml": file(on), "/d/90.conf": file("featureGates: {EventedPLEG: null}\n")}, []string{"--config-dir=/d"}, false},
		{"null takes all away", "1.36.3", map[string]string{"/k.yaml": file(on), "/d/90.conf": file("featureGates: null\n")}, []string{"--config-dir=/d"}, false},
		{"folder by symbolic link", "1.36.3", map[string]string{"/k.yaml": file(off), "/real/90.conf": file(on), "/d": "-> real"}, []string{"--config-dir=/d"}, false},
		{"folder by symbolic link and slash", "1.36.3", map[string]string{"/k.yaml": file(off), "/real/90.conf": file(on), "/d": "-> real"}, []string{"--config-dir=/d/"}, true},
	} {
		out, _, config := trial(t, c.version, c.files, append([]string{"--config=/k.yaml"}, c.args...), nil)
		v, err := known.Parse(c.version)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out, noRuntime) {
			t.Errorf("%s: died of its configuration:\n%s", c.name, out)
		}
		if got := gateOn(v, config.gates); got != c.want {
			t.Errorf("%s: the gate is %v", c.name, got)
		}
	}
}

func TestGateLineOfEachMinor(t *testing.T) {
	for version, want := range map[string]string{
		"1.26.15": "feature_gate.go:249] feature gates: &{map[EventedPLEG:true]}",
		"1.30.14": "feature_gate.go:254] feature gates: {map[EventedPLEG:true]}",
		"1.31.14": "feature_gate.go:387] feature gates: {map[EventedPLEG:true]}",
		"1.35.4":  "feature_gate.go:466] feature gates: {map[EventedPLEG:true]}",
		"1.37.2":  `feature_gate.go:477] "Updated" featureGates={"EventedPLEG":true}`,
	} {
		config := main("featureGates: {EventedPLEG: true}\n")
		if out, _, _ := trial(t, version, config, []string{"--config=/k.yaml", "--v=1"}, nil); strings.Count(out, want) != 3 {
			t.Errorf("%s: want three times %q in\n%s", version, want, out)
		}
		if out, _, _ := trial(t, version, config, []string{"--config=/k.yaml"}, nil); strings.Contains(out, "feature gates") || strings.Contains(out, "Updated") {
			t.Errorf("%s shows its gates at verbosity 0:\n%s", version, out)
		}
	}
}
