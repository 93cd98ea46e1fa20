package cmd

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/cmd/internal/simnode"
)

// A bundle gives the verdict of the node on a machine that has nothing but the bundle.
func TestBundleGivesTheSameVerdict(t *testing.T) {
	on := true
	for name, opts := range map[string]simnode.Options{
		"off":         {},
		"works":       {Gate: &on, PodEvents: true},
		"fell back":   {Gate: &on},
		"no access":   {Gate: &on, PodEvents: true, Access: "forbidden"},
		"harmful":     {Kubelet: "1.37.2", Gate: &on, PodEvents: true},
		"containerd":  {Runtime: "containerd", Gate: &on},
		"not running": {Gate: &on, Stopped: true},
	} {
		t.Run(name, func(t *testing.T) {
			sim := simNode(t, opts)
			file := filepath.Join(t.TempDir(), "bundle.json")
			if err := os.WriteFile(file, onSim(t, sim, 0, "bundle"), 0o600); err != nil {
				t.Fatal(err)
			}
			code, want := runSim(sim, "status", "-o", "json", "-v")
			elsewhere := simNode(t, simnode.Options{Stopped: true})
			got := onSim(t, elsewhere, code, "status", "--bundle", file, "-o", "json", "-v")
			if diff := cmp.Diff(timeless(string(want)), timeless(string(got))); diff != "" {
				t.Errorf("the verdict on the bundle differs (-node +bundle):\n%s", diff)
			}
			code, _ = runSim(sim, "verify", "--wait", "0s")
			onSim(t, elsewhere, code, "verify", "--bundle", file)
		})
	}
}

// Whatever people hide in a node's configuration, flags, environment and log is not in the bundle.
func TestBundleHidesSecrets(t *testing.T) {
	sim := simNode(t, simnode.Options{Runtime: "cri-o"})
	for file, text := range map[string]string{
		"/var/lib/kubelet/config.yaml":                         "staticPodURLHeader:\n  Authorization: [\"Bearer planted-1-config\"]\nsomethingNew: planted-2-unknown-key\nregistryPassword: 4711081547110815\nstaticPodURL: https://me:planted-3-url@example.org/pods\n",
		"/etc/crio/crio.conf.d/90-secret.conf":                 "[crio.runtime]\ndefault_env = [\"TOKEN=planted-4-runtime\"]\nlog_level = \"planted-5-wrong-value\"\n",
		"/etc/default/kubelet":                                 "KUBELET_EXTRA_ARGS=--hostname-override=planted-6-flag --nonsense=planted-7-unknown-flag\nPASSWORD=planted-8-variable\n",
		"/etc/systemd/system/kubelet.service.d/90-secret.conf": "[Service]\nEnvironment=\"API_KEY=planted-9-unit\"\n",
	} {
		appendTo(t, filepath.Join(sim.Dir(), file), text)
	}
	out := string(onSim(t, sim, 0, "bundle"))
	for line := range strings.Lines(out) {
		if strings.Contains(line, "planted") || strings.Contains(line, "4711081547110815") {
			t.Errorf("the bundle has %s", line)
		}
	}
	for _, kept := range []string{"somethingNew", "staticPodURLHeader", "/etc/crio/crio.conf.d/90-secret.conf", "default_env"} {
		if !strings.Contains(out, kept) {
			t.Errorf("the bundle does not have %s", kept)
		}
	}
}

func appendTo(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func runSim(sim *simnode.Node, args ...string) (int, []byte) {
	var out, said bytes.Buffer
	code := Main(context.Background(), args, testDeps(sim.Host(), &out, &said, func(string) string { return "" }))
	return code, append(out.Bytes(), said.Bytes()...)
}

// onSim runs plegctl on the node and returns what it prints.
func onSim(t *testing.T, sim *simnode.Node, want int, args ...string) []byte {
	t.Helper()
	code, out := runSim(sim, args...)
	if code != want {
		t.Fatalf("plegctl %s ends with %d, want %d\n%s", strings.Join(args, " "), code, want, out)
	}
	return out
}

// timeless drops what is another at each look.
func timeless(document string) string {
	var kept strings.Builder
	for line := range strings.Lines(document) {
		if !strings.Contains(line, time.Now().UTC().Format("2006-01-02T")) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
