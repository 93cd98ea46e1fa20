package kubeletsim

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"

// trial starts a kubelet on files, without any runtime, and returns its output, its exit
// code and its configuration.
func trial(t *testing.T, version string, files map[string]string, args ...string) (string, int, effective) {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		write := func() error { return os.WriteFile(name, []byte(text), 0o644) }
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			write = func() error { return os.Symlink(target, name) }
		}
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	var out strings.Builder
	k := Start(Options{
		Version: version, Root: root, Args: append([]string{"--config=/k.yaml"}, args...), PID: 42, Second: time.Millisecond, Now: time.Now,
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
	for _, c := range []struct {
		name, version string
		files         map[string]string
		arg           string
		code          int
		says          string
	}{
		{"gate", "1.33.13", main("featureGates: {EventedPLEG: true}\n"), "", 1, noRuntime},
		{"unknown gate in the file", "1.34.4", main("featureGates: {Nonsense: true}\n"), "", 2, "panic: failed to merge global and in-flight KubeletConfiguration"},
		{"unknown gate in the flag", "1.36.3", main(""), "--feature-gates=Nonsense=true", 1, "unrecognized feature gate: Nonsense"},
		{"gate in another case", "1.36.3", main("featureGates: {eventedpleg: true}\n"), "", 2, "unrecognized feature gate: eventedpleg"},
		{"quoted gate", "1.36.3", main("featureGates: {EventedPLEG: \"true\"}\n"), "", 1, "cannot unmarshal string"},
		{"relist gate before 1.36", "1.34.4", main("featureGates: {PLEGOnDemandRelist: true}\n"), "", 2, "unrecognized feature gate: PLEGOnDemandRelist"},
		{"relist gate off in 1.36", "1.36.3", main("featureGates: {PLEGOnDemandRelist: false}\n"), "", 1, noRuntime},
		{"relist gate off in 1.37", "1.37.2", main("featureGates: {PLEGOnDemandRelist: false}\n"), "", 2, "feature is locked to true"},
		{"empty file", "1.36.3", map[string]string{"/k.yaml": "\n"}, "", 1, "was empty"},
		{"no such file", "1.36.3", nil, "", 1, "failed to read kubelet config file"},
		{"broken YAML", "1.36.3", main("a: [\n"), "", 1, "failed to decode"},
		{"not a kubelet configuration", "1.36.3", map[string]string{"/k.yaml": "kind: Pod\napiVersion: v1\n"}, "", 1, "no kind"},
		{"--config-dir missing", "1.36.3", main(""), "--config-dir=/d", 1, "failed to walk"},
		{"--config-dir without a value", "1.36.3", main(""), "--config-dir", 1, "flag needs an argument"},
		{"--feature-gates not a boolean", "1.36.3", main(""), "--feature-gates=EventedPLEG=maybe", 1, "invalid value of EventedPLEG"},
	} {
		var args []string
		if c.arg != "" {
			args = append(args, c.arg)
		}
		out, code, _ := trial(t, c.version, c.files, args...)
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%s: exit %d, want %d with %q:\n%s", c.name, code, c.code, c.says, out)
		}
	}
}

func TestEffectiveGate(t *testing.T) {
	file := func(text string) string { return head + text }
	on, off := "featureGates:\n  EventedPLEG: true\n", "featureGates:\n  EventedPLEG: false\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		args  []string
		want  bool
	}{
		{"unset", main(""), nil, false},
		{"file", main(on), nil, true},
		{"JSON file", map[string]string{"/k.yaml": `{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","featureGates":{"EventedPLEG":true}}`}, nil, true},
		{"flag beats file", main(off), []string{"--feature-gates=EventedPLEG=true"}, true},
		{"last of two flags", main(""), []string{"--feature-gates=EventedPLEG=true", "--feature-gates", "EventedPLEG=false"}, false},
		{"underscore in the flag", main(""), []string{"--feature_gates=EventedPLEG=true"}, true},
		{"among flags that do not matter", main(off), []string{"--node-ip=10.0.0.5", "--rotate-certificates", "--feature-gates=NodeSwap=true,EventedPLEG=true"}, true},
		{"a second block drops the first", main(on + "featureGates:\n  NodeSwap: true\n"), nil, false},
		{"AllAlpha", main("featureGates: {AllAlpha: true}\n"), nil, true},
		{"AllAlpha and by name", main("featureGates: {AllAlpha: true, EventedPLEG: false}\n"), nil, false},
		{"drop-in", map[string]string{"/k.yaml": file(off), "/d/90.conf": file(on)}, []string{"--config-dir=/d"}, true},
		{"drop-ins in order, at any depth", map[string]string{"/k.yaml": file(on), "/d/20-a.conf": file(off), "/d/10-sub/zz.conf": file(on)}, []string{"--config-dir=/d"}, false},
		{"only *.conf", map[string]string{"/k.yaml": file(off), "/d/90.yaml": file(on), "/d/10.conf": file("")}, []string{"--config-dir=/d"}, false},
		{"null takes it away", map[string]string{"/k.yaml": file(on), "/d/90.conf": file("featureGates: {EventedPLEG: null}\n")}, []string{"--config-dir=/d"}, false},
		{"null takes all away", map[string]string{"/k.yaml": file(on), "/d/90.conf": file("featureGates: null\n")}, []string{"--config-dir=/d"}, false},
		{"directory by symbolic link", map[string]string{"/k.yaml": file(off), "/real/90.conf": file(on), "/d": "-> real"}, []string{"--config-dir=/d"}, false},
	} {
		out, _, config := trial(t, "1.36.3", c.files, c.args...)
		if !strings.Contains(out, noRuntime) {
			t.Errorf("%s: died of its configuration:\n%s", c.name, out)
		}
		if config.gateOn != c.want {
			t.Errorf("%s: the gate is %v", c.name, config.gateOn)
		}
	}
}

func TestGatesAreShownFromVerbosity1(t *testing.T) {
	for version, want := range map[string]string{
		"1.34.4": "feature_gate.go:385] feature gates: {map[EventedPLEG:true]}",
		"1.37.2": `feature_gate.go:477] "Updated" featureGates={"EventedPLEG":true}`,
	} {
		config := main("featureGates: {EventedPLEG: true}\n")
		if out, _, _ := trial(t, version, config, "--v=1"); strings.Count(out, want) != 3 {
			t.Errorf("%s: want three times %q in\n%s", version, want, out)
		}
		if out, _, _ := trial(t, version, config); strings.Contains(out, "feature gates") || strings.Contains(out, "Updated") {
			t.Errorf("%s shows its gates at verbosity 0:\n%s", version, out)
		}
	}
}

func TestOnlyRecordedReleasesAreSimulated(t *testing.T) {
	for version, want := range map[string]bool{"1.33.13": true, "1.37.0": true, "1.35.4": false, "1.25.0": false, "x": false} {
		if got := Check(version) == nil; got != want {
			t.Errorf("%s: %v", version, got)
		}
	}
}
