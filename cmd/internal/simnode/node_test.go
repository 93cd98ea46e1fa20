package simnode

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// metric is one number of the kubelet's metrics.
func metric(n *Node, name string) string {
	k := n.kubelet.Load()
	for line := range strings.Lines(k.Metrics()) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return "absent"
}

const (
	successes = "kubelet_evented_pleg_connection_success_count"
	errorsOf  = "kubelet_evented_pleg_connection_error_count"
	received  = "kubelet_evented_pleg_connection_latency_seconds_count"
)

func TestANewNodeIsAtRest(t *testing.T) {
	for _, runtime := range []string{"containerd", "cri-o"} {
		n := start(t, Options{Runtime: runtime, Gate: on(true), PodEvents: true, Age: time.Minute})
		if got := metric(n, successes) + "/" + metric(n, errorsOf); got != "1/0" {
			t.Errorf("%s: streams opened/failed: %s", runtime, got)
		}
		if up := n.Host().Now().Sub(unitOf(t, n, KubeletUnit).ExecMainStart); up < time.Minute {
			t.Errorf("%s: the kubelet is up for %s", runtime, up)
		}
	}
	n := start(t, Options{Runtime: "cri-o", Gate: on(true)})
	if got := metric(n, successes) + "/" + metric(n, errorsOf); got != "5/5" {
		t.Errorf("events off: streams opened/failed: %s", got)
	}
}

func TestOnlyAKubeletRestartHelpsAfterARuntimeRestart(t *testing.T) {
	n := start(t, Options{Gate: on(true)})
	before := unitOf(t, n, KubeletUnit)
	if err := n.RestartRuntime(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := metric(n, errorsOf); got != "5" {
		t.Errorf("%s failed streams", got)
	}
	if after := unitOf(t, n, KubeletUnit); after.InvocationID != before.InvocationID {
		t.Error("the kubelet restarted by itself")
	}
	if err := n.RestartKubelet(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := unitOf(t, n, KubeletUnit); after.InvocationID == before.InvocationID || after.MainPID == before.MainPID || after.Active != "active" {
		t.Errorf("no proof of a restart: %+v", after)
	}
	eventually(t, "a new stream", func() bool { return metric(n, successes) == "1" && metric(n, errorsOf) == "0" })
}

func TestAStimulusIsCounted(t *testing.T) {
	for _, c := range []struct{ runtime, want string }{{"containerd", "4"}, {"cri-o", "2"}} {
		n := start(t, Options{Gate: on(true), Runtime: c.runtime, PodEvents: true})
		client, err := cri.Dial(filepath.Join(n.Dir(), n.Socket()))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if _, err := client.Stimulate(t.Context(), time.Now); err != nil {
			t.Fatal(err)
		}
		eventually(t, c.runtime+": "+c.want+" events", func() bool { return metric(n, received) == c.want })
	}
}

func TestWhoMayReadTheMetrics(t *testing.T) {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	get := func(url, token string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", token)
		resp, err := client.Do(req)
		if err != nil {
			return "no answer"
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		return fmt.Sprint(resp.StatusCode, err)
	}
	n := start(t, Options{Access: AccessToken})
	token, err := os.ReadFile(n.TokenFile())
	if err != nil {
		t.Fatal(err)
	}
	bearer := "Bearer " + strings.TrimSpace(string(token))
	port := fmt.Sprintf("https://127.0.0.1:%d", n.ports.Kubelet)
	for _, c := range []struct{ url, token, want string }{
		{port + "/metrics", bearer, "200 <nil>"},
		{port + "/configz", bearer, "200 <nil>"},
		{port + "/metrics", "Bearer wrong", "401 <nil>"},
		{port + "/metrics", "", "401 <nil>"},
		{fmt.Sprintf("http://127.0.0.1:%d/healthz", n.ports.Healthz), "", "200 <nil>"},
		{fmt.Sprintf("http://127.0.0.1:%d/metrics", n.ports.ReadOnly), "", "no answer"},
	} {
		if got := get(c.url, c.token); got != c.want {
			t.Errorf("%s: %s, want %s", c.url, got, c.want)
		}
	}
	n = start(t, Options{Access: AccessReadOnlyPort})
	port = fmt.Sprintf("http://127.0.0.1:%d", n.ports.ReadOnly)
	if got := get(port+"/metrics", "") + ", " + get(port+"/configz", ""); got != "200 <nil>, 404 <nil>" {
		t.Errorf("metrics and configz on the read-only port: %s", got)
	}
}

func TestMishaps(t *testing.T) {
	n := start(t, Options{})
	units := n.Host().Units
	n.Kill(KubeletUnit)
	eventually(t, "systemd starts the kubelet again", func() bool { u := unitOf(t, n, KubeletUnit); return u.NRestarts == 1 && u.Active == "active" })
	if err := n.WriteFile("/etc/containerd/config.toml", "level = debug\n"); err != nil {
		t.Fatal(err)
	}
	var job *systemd.JobError
	if _, err := units.Do(t.Context(), systemd.Restart, "containerd"); !errors.As(err, &job) || job.Result != "failed" {
		t.Errorf("a file that containerd refuses: %v", err)
	}
	if err := n.WriteFile("/etc/containerd/config.toml", ""); err != nil {
		t.Fatal(err)
	}
	eventually(t, "systemd starts the runtime again", func() bool { return unitOf(t, n, containerdUnit).Active == "active" })
	if _, err := units.Unit(t.Context(), crioUnit); !errors.Is(err, systemd.ErrNoSuchUnit) {
		t.Errorf("no such unit: %v", err)
	}
	eventually(t, "the kubelet has a runtime again", func() bool {
		k := n.kubelet.Load()
		select {
		case <-k.Listening:
			return unitOf(t, n, KubeletUnit).Active == "active"
		default:
			return false
		}
	})
	for _, frozen := range []bool{true, false} {
		n.Freeze(containerdUnit, frozen)
		n.Freeze(KubeletUnit, frozen)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		if !frozen {
			ctx = t.Context()
		}
		client, err := cri.Dial(filepath.Join(n.Dir(), n.Socket()))
		if err != nil {
			t.Fatal(err)
		}
		_, runtime := client.Version(ctx)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/healthz", n.ports.Healthz), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, kubelet := http.DefaultClient.Do(req)
		if kubelet == nil {
			resp.Body.Close()
		}
		if (runtime != nil) != frozen || (kubelet != nil) != frozen {
			t.Errorf("frozen %v: runtime %v, kubelet %v", frozen, runtime, kubelet)
		}
		cancel()
		client.Close()
	}
}

func TestUnitFilesAreReadAtReload(t *testing.T) {
	n := start(t, Options{})
	units := n.Host().Units
	if err := n.WriteFile("/etc/systemd/system/containerd.service.d/90-couple.conf", "[Service]\nExecStartPost=-+/usr/bin/systemctl --no-block try-restart kubelet.service\n"); err != nil {
		t.Fatal(err)
	}
	u := unitOf(t, n, containerdUnit)
	if !u.NeedDaemonReload || len(u.DropInPaths) != 0 {
		t.Errorf("before the reload: %+v", u)
	}
	kubelet := unitOf(t, n, KubeletUnit).InvocationID
	restart := func() {
		t.Helper()
		if err := n.RestartRuntime(t.Context()); err != nil {
			t.Fatal(err)
		}
		n.units.jobs.Wait()
	}
	restart()
	if unitOf(t, n, KubeletUnit).InvocationID != kubelet {
		t.Error("the drop-in acted before it was read")
	}
	if err := units.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u = unitOf(t, n, containerdUnit); u.NeedDaemonReload || len(u.DropInPaths) != 1 {
		t.Errorf("after the reload: %+v", u)
	}
	restart()
	if unitOf(t, n, KubeletUnit).InvocationID == kubelet {
		t.Error("the kubelet did not restart with the runtime")
	}
	if _, err := units.Do(t.Context(), systemd.Stop, KubeletUnit); err != nil {
		t.Fatal(err)
	}
	restart()
	if u := unitOf(t, n, KubeletUnit); u.Active != "inactive" || u.MainPID != 0 {
		t.Errorf("try-restart started a unit that was stopped: %+v", u)
	}
}

func TestKubeletCommandLineComesFromUnitFiles(t *testing.T) {
	n := start(t, Options{Files: map[string]string{"/etc/default/kubelet": "KUBELET_EXTRA_ARGS=\"--feature-gates=EventedPLEG=true --v=2\"\n"}})
	u := unitOf(t, n, KubeletUnit)
	p, err := n.Host().Processes.Process(u.MainPID)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Args, " "); got != "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --node-ip=10.0.0.5 --feature-gates=EventedPLEG=true --v=2" {
		t.Errorf("command line: %s", got)
	}
	if got := metric(n, `kubernetes_feature_enabled{name="EventedPLEG",stage="ALPHA"}`); got != "1" {
		t.Errorf("the gate by flag: %s", got)
	}
}

func TestProgramsAnswer(t *testing.T) {
	ask := func(n *Node, program string, args ...string) string {
		said, err := n.Host().Programs.Output(t.Context(), program, args...)
		return fmt.Sprint(string(said), err)
	}
	n := start(t, Options{Stopped: true})
	if got := ask(n, "/usr/bin/kubelet", "--version"); got != "Kubernetes v1.36.3\n<nil>" {
		t.Error(got)
	}
	if got := ask(n, "/usr/bin/containerd", "config", "dump"); !strings.Contains(got, "[plugins.'io.containerd.cri.v1.runtime']") || strings.Contains(got, "enable_pod_events") {
		t.Error(got)
	}
	n = start(t, Options{Stopped: true, KnowsKey: true, RuntimeVersion: "1.7.27", Files: map[string]string{
		"/etc/containerd/config.toml": "version = 2\nimports = [\"conf.d/*.toml\"]\n", "/etc/containerd/conf.d/x.toml": "[plugins.\"io.containerd.grpc.v1.cri\"]\nenable_pod_events = true\n",
	}})
	if got := ask(n, "/usr/bin/containerd", "config", "dump"); !strings.Contains(got, "    enable_pod_events = true\n") {
		t.Error(got)
	}
	if got := ask(n, "/usr/bin/crio", "--version"); !strings.Contains(got, "no such file") {
		t.Error(got)
	}
}

func TestCloseRemovesTheFilesUnlessKept(t *testing.T) {
	for _, keep := range []bool{true, false} {
		n, err := New(Options{Stopped: true})
		if err != nil {
			t.Fatal(err)
		}
		if keep {
			t.Cleanup(func() { os.RemoveAll(n.Keep()) })
			n.Keep()
		}
		if err := n.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(n.Dir(), "var/lib/kubelet/config.yaml")); (err == nil) != keep {
			t.Errorf("keep %v: %v", keep, err)
		}
	}
}

func TestJournalQueries(t *testing.T) {
	n := start(t, Options{})
	first := unitOf(t, n, KubeletUnit).InvocationID
	if err := n.RestartKubelet(t.Context()); err != nil {
		t.Fatal(err)
	}
	k := n.kubelet.Load()
	<-k.Listening
	if both, one := entries(t, n, journal.Query{Unit: "kubelet"}), entries(t, n, journal.Query{Invocation: first}); len(one) == 0 || len(both) <= len(one) {
		t.Errorf("%d entries of two runs, %d of the first", len(both), len(one))
	}
	for _, e := range entries(t, n, journal.Query{Invocation: first}) {
		if e.Invocation != first || e.Unit != KubeletUnit {
			t.Fatalf("not of that run: %+v", e)
		}
	}
	all := entries(t, n, journal.Query{Unit: "kubelet.service", Until: time.Now()})
	if last := entries(t, n, journal.Query{Unit: "kubelet.service", Tail: 2, Until: all[len(all)-1].Time}); len(last) != 2 || last[1].Cursor != all[len(all)-1].Cursor {
		t.Errorf("tail: %v", last)
	}
	if after := entries(t, n, journal.Query{AfterCursor: all[0].Cursor}); len(after) == 0 || after[0].Cursor == all[0].Cursor {
		t.Errorf("after the cursor: %d entries", len(after))
	}
	if none := entries(t, n, journal.Query{Boot: "-1"}); len(none) != 0 {
		t.Errorf("%d entries of a boot before the first", len(none))
	}
}
