package cmd

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/grpc"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/cmd/internal/intruder"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// What a kubelet would answer whose Evented PLEG works.
const claimedMetrics = `# TYPE kubelet_evented_pleg_connection_success_count counter
kubelet_evented_pleg_connection_success_count 1
# TYPE kubelet_evented_pleg_connection_error_count counter
kubelet_evented_pleg_connection_error_count 0
# TYPE kubelet_evented_pleg_connection_latency_seconds histogram
kubelet_evented_pleg_connection_latency_seconds_bucket{le="+Inf"} 500
kubelet_evented_pleg_connection_latency_seconds_sum 1.5
kubelet_evented_pleg_connection_latency_seconds_count 500
# TYPE kubernetes_feature_enabled gauge
kubernetes_feature_enabled{name="EventedPLEG",stage="ALPHA"} 1
`

// playKubelet listens on the addresses "tls=…" and "plain=…", and keeps in the file args[0]
// what it is shown.
func playKubelet(args []string, ready func(string)) error {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if shown := r.Header.Get("Authorization"); shown != "" {
			_ = os.WriteFile(args[0], []byte(shown), 0o600)
		}
		switch r.URL.Path {
		case "/metrics":
			fmt.Fprint(w, claimedMetrics)
		case "/configz":
			fmt.Fprint(w, `{"kubeletconfig":{"featureGates":{"EventedPLEG":true}}}`)
		default:
			fmt.Fprint(w, "ok")
		}
	})
	for _, arg := range args[1:] {
		kind, address, _ := strings.Cut(arg, "=")
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		server := httptest.NewUnstartedServer(handler)
		server.Listener = listener
		server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
		if kind == "tls" {
			server.StartTLS()
		} else {
			server.Start()
		}
	}
	ready("")
	return nil
}

// playRuntime claims to be a good CRI-O on the socket args[0].
func playRuntime(args []string, ready func(string)) error {
	listener, err := net.Listen("unix", args[0])
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	runtimeapi.RegisterRuntimeServiceServer(server, claimedRuntime{})
	go func() { _ = server.Serve(listener) }()
	ready("")
	return nil
}

type claimedRuntime struct {
	runtimeapi.UnimplementedRuntimeServiceServer
}

func (claimedRuntime) Version(context.Context, *runtimeapi.VersionRequest) (*runtimeapi.VersionResponse, error) {
	return &runtimeapi.VersionResponse{RuntimeName: "containerd", RuntimeVersion: "v2.4.2"}, nil
}

// attacked runs a command on the simulated node and returns its exit code and all it writes.
func attacked(sim *simnode.Node, args ...string) (ExitCode, string) {
	var out, errs bytes.Buffer
	code := Main(context.Background(), args, testDeps(sim.Host(), &out, &errs, func(string) string { return "" }))
	return code, out.String() + errs.String()
}

// openDir is a directory that the intruder may write to.
func openDir(t *testing.T, below string) string {
	t.Helper()
	dir := filepath.Join(below, "open")
	if err := errors.Join(os.Chmod(filepath.Dir(below), 0o755), os.Chmod(below, 0o755), os.Mkdir(dir, 0o755), os.Chmod(dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Whoever takes the kubelet's ports while it is down gets no credential and no word in the verdict.
func TestSomebodyElseOnTheKubeletsPorts(t *testing.T) {
	intruder.NeedsRoot(t)
	on := true
	sim := simNode(t, simnode.Options{Gate: &on, Access: simnode.AccessToken})
	config, err := os.ReadFile(filepath.Join(sim.Dir(), "var/lib/kubelet/config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sim.Host().Units.Do(context.Background(), systemd.Stop, simnode.KubeletUnit); err != nil {
		t.Fatal(err)
	}
	port := func(key string) string {
		found := regexp.MustCompile(`(?m)^` + key + `: (\d+)$`).FindSubmatch(config)
		if found == nil {
			t.Fatalf("no %s in\n%s", key, config)
		}
		return "127.0.0.1:" + string(found[1])
	}
	stolen := filepath.Join(openDir(t, t.TempDir()), "stolen")
	intruder.Start(t, "kubelet", "kubelet", stolen, "tls="+port("port"), "plain="+port("healthzPort"))
	for _, args := range [][]string{{"status"}, {"verify", "--level", "delivering", "--wait", "0s"}, {"preflight"}} {
		code, text := attacked(sim, append(args, "--token-file", sim.TokenFile(), "-o", "json")...)
		if code == ExitOK || strings.Contains(text, `"state": "works"`) || !strings.Contains(text, "not asked") {
			t.Errorf("%s: exit %d\n%s", args[0], code, text)
		}
	}
	if shown, err := os.ReadFile(stolen); err == nil {
		t.Errorf("it was shown %q", shown)
	}
}

// A user's socket is not asked, whatever its name is; the real one is.
func TestSomebodyElsesRuntime(t *testing.T) {
	intruder.NeedsRoot(t)
	on := true
	sim := simNode(t, simnode.Options{Gate: &on, Access: simnode.AccessAdmin})
	socket := filepath.Join(openDir(t, sim.Dir()), "containerd.sock")
	intruder.Start(t, "runtime", "containerd", socket)
	code, text := attacked(sim, "verify", "--wait", "0s", "--runtime-endpoint", "unix:///open/containerd.sock")
	if code != ExitInconclusive || !strings.Contains(text, "not asked") {
		t.Errorf("exit %d\n%s", code, text)
	}
	code, text = attacked(sim, "verify", "--level", "proven", "--stimulus", "--wait", "0s", "--runtime-endpoint", "unix:///open/containerd.sock")
	if code != ExitInconclusive {
		t.Errorf("with a stimulus: exit %d\n%s", code, text)
	}
	if code, text := attacked(sim, "verify", "--wait", "10s"); code != ExitOK {
		t.Errorf("the real one: exit %d\n%s", code, text)
	}
}
