package kubeletcfg

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/verify/source"

	"github.com/plegctl/plegctl/verify/known"
	"sigs.k8s.io/yaml"
)

// TestAgainstRealKubelet makes configurations and command lines at random and compares what
// this package says of them with what a real kubelet does. PLEGCTL_KUBELET names the
// binary; PLEGCTL_KUBELET_RUNS says how many of each sort. The kubelet is stopped by
// --max-pods=-1 right after it accepted its configuration, before it touches anything. From
// 1.37 on it logs what it accepted, and the values are compared; of an older one only
// whether it would start.
func TestAgainstRealKubelet(t *testing.T) {
	binary := os.Getenv("PLEGCTL_KUBELET")
	if binary == "" {
		t.Skip("PLEGCTL_KUBELET is not set")
	}
	runs, err := strconv.Atoi(os.Getenv("PLEGCTL_KUBELET_RUNS"))
	if err != nil {
		runs = 50
	}
	out, err := exec.Command(binary, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	version, err := known.Parse(string(out))
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for name, makeCase := range map[string]func(*rand.Rand, string) (Inputs, []string){
		"sources": func(r *rand.Rand, dir string) (Inputs, []string) { return withArgs(randomCase(r, dir, version)) },
		"fields":  func(r *rand.Rand, dir string) (Inputs, []string) { return withArgs(randomFields(r, dir, version)) },
		"flags":   func(r *rand.Rand, dir string) (Inputs, []string) { return randomFlags(r, dir, version) },
	} {
		t.Run(name, func(t *testing.T) {
			starts := 0
			for i := range runs {
				in, args := makeCase(rand.New(rand.NewPCG(seed, uint64(i))), t.TempDir())
				if compareWithKubelet(t, binary, in, args) {
					starts++
				}
				if t.Failed() {
					return
				}
			}
			t.Logf("%d of %d start", starts, runs)
		})
	}
}

// withArgs writes the flags of inputs as arguments.
func withArgs(in Inputs) (Inputs, []string) {
	var args []string
	for _, f := range CommandLineOf(in.Command).Flags {
		if f.HasValue {
			args = append(args, "--"+f.Name+"="+f.Value)
		} else {
			args = append(args, "--"+f.Name)
		}
	}
	return in, args
}

func randomCase(r *rand.Rand, dir string, version known.Version) Inputs {
	in := Inputs{Version: version}
	args := []string{"kubelet"}
	if r.IntN(8) > 0 {
		in.Config = &source.File{Path: filepath.Join(dir, "config.yaml"), Data: randomFile(r)}
		args = append(args, "--config", in.Config.Path)
	}
	if r.IntN(2) == 0 {
		in.DropIns = &DropInDir{Path: filepath.Join(dir, "d"), Err: missingSometimes(r)}
		for i := range r.IntN(4) {
			in.DropIns.Files = append(in.DropIns.Files, source.File{Path: fmt.Sprintf("%s/%d.conf", in.DropIns.Path, i), Data: randomFile(r)})
		}
		args = append(args, "--config-dir="+in.DropIns.Path)
	}
	for range r.IntN(3) {
		args = append(args, pick(r, "--feature-gates=EventedPLEG=true", "--feature_gates=EventedPLEG=false", "--feature-gates=,EventedPLEG = T,GracefulNodeShutdown=0",
			"--feature-gates=Nope=true", "--feature-gates=EventedPLEG", "--feature-gates=AllAlpha=false", "--port=1234", "--healthz-port=0", "--anonymous-auth", "--v=2", "-v=3", "-v4",
			"--container-runtime-endpoint=unix:///x", "--authorization-mode=AlwaysAllow", "--read-only-port=7", "--feature-gates=PLEGOnDemandRelist=true", "--cgroup-driver=systemd"))
	}
	in.Command = process(args...)
	return in
}

func missingSometimes(r *rand.Rand) error {
	if r.IntN(20) == 0 {
		return fs.ErrNotExist
	}
	return nil
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// randomFile is a KubeletConfiguration with some of the traps; one in five is JSON.
func randomFile(r *rand.Rand) []byte {
	if r.IntN(60) == 0 {
		return []byte(pick(r, "", "# none\n", "---\n---\n"+head, "{a: b}", head+"port: {{ x }}\n", "- a\n"))
	}
	if r.IntN(5) == 0 {
		return randomJSON(r)
	}
	kind := pick(r, head, head, "---\n"+head, "\ufeff"+head)
	if r.IntN(25) == 0 {
		kind = pick(r, "kind: KubeletConfiguration\n", "apiVersion: kubelet.config.k8s.io/v1beta1\n", "apiVersion: kubelet.config.k8s.io/v1\nkind: KubeletConfiguration\n", "kind: Other\n"+head[:42])
	}
	gates := pick(r, "", "featureGates:\n", "featureGates: null\n", "featureGates: {}\n", "featureGates:\n  EventedPLEG: true\n", "featureGates:\n  EventedPLEG: false\n",
		"featureGates:\n  EventedPLEG: null\n", "featureGates:\n  EventedPLEG: yes\n  GracefulNodeShutdown: off\n", "featureGates: {GracefulNodeShutdown: false}\n",
		"featureGates:\n  AllAlpha: false\n", "x: &f {EventedPLEG: true}\nfeatureGates: *f\n", "x: &f {EventedPLEG: true}\nfeatureGates:\n  <<: *f\n  GracefulNodeShutdown: true\n",
		"featureGates:\n  PodDeletionCost: false\n  GracefulNodeShutdown: null\n")
	if r.IntN(8) == 0 {
		gates = pick(r, "featureGates:\n  EventedPLEG: \"true\"\n", "featureGates:\n  PLEGOnDemandRelist: true\n", "featureGates:\n  Nope: true\n", "featureGates: []\n", "featureGates: x\n", "featureGates:\n  PLEGOnDemandRelist: false\n",
			"featureGates:\n  EventedPLEG: true\n  EventedPLEG: false\n", "featureGates:\n  EventedPLEG: true\nfeatureGates:\n  GracefulNodeShutdown: true\n", "featureGates:\n  AllAlpha: true\n",
			"featureGates:\n  EventedPLEG: 1\n", "featureGates:\n  EventedPLEG: {}\n", "FeatureGates:\n  EventedPLEG: true\n", "featureGates:\n  eventedpleg: true\n", "featuregates:\n  EventedPLEG: false\n", "FeatureGates: null\n", "FEATUREGATES: {GracefulNodeShutdown: true}\nfeatureGates: {EventedPLEG: true}\n",
			"featureGates:\n  PodLevelResources: false\n", "featureGates:\n  AllBeta: true\n")
	}
	rest := pick(r, "", "", "port: 10300\n", "port: null\n", "healthzPort: 0\n", "healthzPort: null\n", "authentication:\n  anonymous:\n    enabled: true\n", "authentication: null\n",
		"logging:\n  format: json\n  verbosity: 3\n", "staticPodPath: /etc/k\n", "cgroupDriver: systemd\ncontainerRuntimeEndpoint: \"\"\n", "containerRuntimeEndpoint: unix:///run/crio/crio.sock\n",
		"unknownField: 1\n", "authorization: {mode: AlwaysAllow}\nreadOnlyPort: 10255\n", "healthzBindAddress: 0.0.0.0\n", "logging: null\n", "authorization:\n  mode: null\n", "port: 0\n", "Port: 5\n", "logging:\n  Format: json\n")
	return []byte(kind + gates + rest)
}

func randomJSON(r *rand.Rand) []byte {
	head := `"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration"`
	gates := pick(r, "", `, "featureGates": {"EventedPLEG": true}`, `, "featureGates": {"EventedPLEG": null}`, `, "featureGates": null`, `, "featureGates": {}`,
		`, "featureGates": {"EventedPLEG": true}, "featureGates": {"GracefulNodeShutdown": true}`, `, "featureGates": {"EventedPLEG": true, "EventedPLEG": false}`, `,`,
		`, "featureGates": {"GracefulNodeShutdown": false}, "port": 1, "port": 2`)
	return []byte("{" + head + gates + "}\n")
}

// compareWithKubelet reports whether the kubelet starts.
func compareWithKubelet(t *testing.T, binary string, in Inputs, args []string) bool {
	t.Helper()
	writeInputs(t, in)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, append([]string{"--max-pods=-1"}, args...)...)
	cmd.Dir = t.TempDir()
	out, _ := cmd.CombinedOutput()
	c := Read(in)
	effective, dumped := effectiveConfig(out)
	// What is refused after it was decoded is not looked at here.
	dumped = dumped || bytes.Contains(out, []byte("failed to validate kubelet configuration")) || bytes.Contains(out, []byte("initialize logging: "))
	if bytes.Contains(out, []byte("failed to validate kubelet flags")) || bytes.Contains(out, []byte("failed to run Kubelet")) {
		return false
	}
	fail := func(format string, a ...any) {
		t.Helper()
		t.Errorf(format, a...)
		t.Logf("problems: %+v\nargs: %q\nkubelet: %.1500s", c.Problems(), args, out)
		if in.Config != nil {
			t.Logf("config:\n%s", in.Config.Data)
		}
		if in.DropIns != nil {
			for _, f := range in.DropIns.Files {
				t.Logf("%s:\n%s", f.Path, f.Data)
			}
		}
	}
	if dumped != c.Starts() {
		fail("the kubelet starts: %v; we say %v", dumped, c.Starts())
		return dumped
	}
	if !dumped || effective == nil {
		return dumped
	}
	real, _ := effective["featureGates"].(map[string]any)
	for _, gate := range []string{"EventedPLEG", "GracefulNodeShutdown", "AllAlpha", "AllBeta", "PodDeletionCost", "PLEGOnDemandRelist", "eventedpleg"} {
		winner, _ := c.assignments(gate, c.everything())
		value, set := real[gate]
		if set != (winner != nil) || set && value != winner.Value {
			fail("%s: kubelet %v (set %v), we %+v", gate, value, set, winner)
		}
	}
	s := c.Settings()
	told := map[string]bool{"port": s.Port.Known}
	for key, got := range map[string]any{
		"address": s.Address.Value, "port": s.Port.Value, "readOnlyPort": s.ReadOnlyPort.Value, "healthzPort": s.HealthzPort.Value, "healthzBindAddress": s.HealthzBindAddress.Value,
		"containerRuntimeEndpoint": s.ContainerRuntimeEndpoint.Value,
		"staticPodPath":            s.StaticPodPath.Value,
	} {
		want := effective[key]
		if want == nil { // omitempty
			want = map[bool]any{true: 0, false: ""}[strings.HasSuffix(key, "ort")]
		}
		if key == "staticPodPath" && s.StaticPodPath.At.Kind == source.ConfigFile && got != "" && !filepath.IsAbs(s.StaticPodPath.Value) {
			got = filepath.Join(filepath.Dir(in.Config.Path), s.StaticPodPath.Value)
		}
		if sure, limited := told[key]; limited && !sure {
			continue
		}
		if fmt.Sprint(want) != fmt.Sprint(got) {
			fail("%s: kubelet %v, we %v", key, want, got)
		}
	}
	return true
}

func writeInputs(t *testing.T, in Inputs) {
	t.Helper()
	write := func(f source.File) {
		if err := os.WriteFile(f.Path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if in.Config != nil {
		write(*in.Config)
	}
	if in.DropIns == nil || in.DropIns.Missing() {
		return
	}
	if err := os.MkdirAll(in.DropIns.Path, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range in.DropIns.Files {
		write(f)
	}
}

// effectiveConfig finds the configuration that the kubelet logs once it took it.
func effectiveConfig(log []byte) (map[string]any, bool) {
	_, rest, ok := bytes.Cut(log, []byte("\"Effective KubeletConfiguration\" config=<\n"))
	if !ok {
		return effectiveJSON(log)
	}
	text, _, _ := bytes.Cut(rest, []byte("\n >"))
	text = bytes.ReplaceAll(append([]byte("\n"), text...), []byte("\n\t"), []byte("\n"))
	var out map[string]any
	err := yaml.Unmarshal(text, &out)
	return out, err == nil
}

func effectiveJSON(log []byte) (map[string]any, bool) {
	m := regexp.MustCompile(`"msg":"Effective KubeletConfiguration".*"config":("(?:[^"\\]|\\.)*")`).FindSubmatch(log)
	if m == nil {
		return nil, false
	}
	text, err := strconv.Unquote(string(m[1]))
	var out map[string]any
	if err == nil {
		err = yaml.Unmarshal([]byte(text), &out)
	}
	return out, err == nil
}
