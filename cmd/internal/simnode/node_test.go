package simnode

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/logscan"
)

const tick = 20 * time.Millisecond

func start(t *testing.T, o Options) *Node {
	t.Helper()
	if o.Second == 0 {
		o.Second = tick
	}
	n, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

func gate(on bool) *bool { return &on }

func unitOf(t *testing.T, n *Node, name string) systemd.Unit {
	t.Helper()
	u, err := n.Host().Units.Unit(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// metric is one number of the kubelet's metrics, on a node that asks nobody who he is.
func metric(t *testing.T, n *Node, name string) string {
	t.Helper()
	for line := range strings.SplitSeq(getMetrics(t, n), "\n") {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return value
		}
	}
	return "absent"
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Errorf("never: %s", what)
}

const (
	successes = "kubelet_evented_pleg_connection_success_count"
	errorsOf  = "kubelet_evented_pleg_connection_error_count"
	received  = "kubelet_evented_pleg_connection_latency_seconds_count"
)

func TestARuntimeRestartIsMendedByAKubeletRestart(t *testing.T) {
	n := start(t, Options{Access: AccessOpen, Gate: gate(true)})
	eventually(t, "the stream is up", func() bool { return metric(t, n, successes) == "1" })
	before := unitOf(t, n, KubeletUnit)
	if err := n.RestartRuntime(context.Background()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "five errors", func() bool { return metric(t, n, errorsOf) == "5" })
	if after := unitOf(t, n, KubeletUnit); after.InvocationID != before.InvocationID {
		t.Error("the kubelet restarted by itself")
	}
	if err := n.RestartKubelet(context.Background()); err != nil {
		t.Fatal(err)
	}
	if after := unitOf(t, n, KubeletUnit); after.InvocationID == before.InvocationID || after.MainPID == before.MainPID || after.Active != "active" {
		t.Errorf("no proof of a restart: %+v", after)
	}
	eventually(t, "a new stream", func() bool { return metric(t, n, successes) == "1" && metric(t, n, errorsOf) == "0" })
}

func TestAStimulusIsCounted(t *testing.T) {
	for _, c := range []struct{ runtime, want string }{{"containerd", "4"}, {"cri-o", "2"}} {
		n := start(t, Options{Access: AccessOpen, Gate: gate(true), Runtime: c.runtime, PodEvents: true})
		eventually(t, "the stream is up", func() bool { return metric(t, n, successes) == "1" })
		client, err := cri.Dial(filepath.Join(n.Dir(), n.Socket()))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if _, err := client.Stimulate(context.Background(), time.Now); err != nil {
			t.Fatal(err)
		}
		eventually(t, c.runtime+": "+c.want+" events", func() bool { return metric(t, n, received) == c.want })
	}
}

func TestInitContainersLoopOnlyWithBugB1(t *testing.T) {
	for _, c := range []struct {
		kubelet, runtime string
		on, loops        bool
	}{
		{"1.37.2", "cri-o", true, true},
		{"1.37.2", "cri-o", false, false},
		{"1.37.2", "containerd", true, false},
		{"1.36.3", "cri-o", true, false},
	} {
		n := start(t, Options{Kubelet: c.kubelet, Runtime: c.runtime, PodEvents: true, Gate: &c.on, Workload: WorkloadDaemonSet, WorkloadLife: 1000, InitContainers: 2})
		client, err := cri.Dial(filepath.Join(n.Dir(), n.Socket()))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		count := func(name string) (n int) {
			list, err := client.Containers(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				if one.Name == name {
					n++
				}
			}
			return n
		}
		if c.loops {
			eventually(t, "init container 1 again and again", func() bool { return count("init1") > 5 })
		} else {
			eventually(t, "main runs", func() bool { return count("c") == 1 })
		}
		if loops, runs := count("init1") > 1, count("c") > 0; loops != c.loops || runs == c.loops {
			t.Errorf("kubelet %s, %s, gate %v: init1 %d times, main %d times", c.kubelet, c.runtime, c.on, count("init1"), count("c"))
		}
	}
}

func TestWhoMayReadTheMetrics(t *testing.T) {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	get := func(url, token string) string {
		req, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		resp, err := client.Do(req)
		if err != nil {
			return "no answer"
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		return resp.Status[:3]
	}
	n := start(t, Options{Access: AccessToken})
	token, err := os.ReadFile(n.TokenFile())
	if err != nil {
		t.Fatal(err)
	}
	port := fmt.Sprintf("https://127.0.0.1:%d", n.ports.kubelet)
	for _, c := range []struct{ url, token, want string }{
		{port + "/metrics", strings.TrimSpace(string(token)), "200"},
		{port + "/configz", strings.TrimSpace(string(token)), "200"},
		{port + "/metrics", "wrong", "401"},
		{port + "/metrics", "", "401"},
		{fmt.Sprintf("http://127.0.0.1:%d/healthz", n.ports.healthz), "", "200"},
		{fmt.Sprintf("http://127.0.0.1:%d/metrics", n.ports.readOnly), "", "no answer"},
	} {
		eventually(t, c.url+" gives "+c.want, func() bool { return get(c.url, c.token) == c.want })
	}
	n = start(t, Options{Access: AccessReadOnlyPort})
	port = fmt.Sprintf("http://127.0.0.1:%d", n.ports.readOnly)
	eventually(t, "metrics on the read-only port", func() bool { return get(port+"/metrics", "") == "200" })
	if got := get(port+"/configz", ""); got != "404" {
		t.Errorf("configz on the read-only port: %s", got)
	}
}

func TestFaults(t *testing.T) {
	ctx := context.Background()
	n := start(t, Options{Runtime: "cri-o"})
	host := n.Host()
	must := func(f Fault, on bool) {
		t.Helper()
		if err := n.Fault(f, on); err != nil {
			t.Fatal(err)
		}
	}
	must(BusAway, true)
	if _, err := host.Units.Unit(ctx, KubeletUnit); !errors.Is(err, systemd.ErrNoBus) {
		t.Errorf("bus away: %v", err)
	}
	must(BusAway, false)
	must(JournalUnreadable, true)
	if err := host.Journal.Read(ctx, journal.Query{}, func(logscan.Entry) error { return nil }); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("journal unreadable: %v", err)
	}
	must(JournalUnreadable, false)
	must(HealthzBad, true)
	eventually(t, "healthz 500", func() bool {
		resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/healthz", n.ports.healthz))
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusInternalServerError
	})
	must(KubeletCrashes, true)
	if _, err := host.Units.Do(ctx, systemd.Restart, KubeletUnit); err != nil {
		t.Errorf("a unit of Type=simple starts whatever happens then: %v", err)
	}
	eventually(t, "restart counter", func() bool { return unitOf(t, n, KubeletUnit).NRestarts >= 2 })
	must(KubeletCrashes, false)
	must(RuntimeDead, true)
	var job *systemd.JobError
	if _, err := host.Units.Do(ctx, systemd.Restart, "crio"); !errors.As(err, &job) || job.Result != "failed" {
		t.Errorf("runtime dead: %v", err)
	}
	must(RuntimeDead, false)
	eventually(t, "systemd starts it again", func() bool { return unitOf(t, n, "crio.service").Active == "active" })
	if _, err := host.Units.Unit(ctx, "containerd.service"); !errors.Is(err, systemd.ErrNoSuchUnit) {
		t.Errorf("no such unit: %v", err)
	}
	if err := n.Fault("nonsense", true); err == nil {
		t.Error("an unknown fault was taken")
	}
}

func TestUnitFilesAreReadAtReload(t *testing.T) {
	ctx := context.Background()
	n := start(t, Options{})
	units := n.Host().Units
	if err := n.WriteFile("/etc/systemd/system/containerd.service.d/90-couple.conf", "[Service]\nExecStartPost=-+/usr/bin/systemctl --no-block try-restart kubelet.service\n"); err != nil {
		t.Fatal(err)
	}
	u := unitOf(t, n, "containerd.service")
	if !u.NeedDaemonReload || len(u.DropInPaths) != 0 {
		t.Errorf("before the reload: %+v", u)
	}
	kubelet := unitOf(t, n, KubeletUnit).InvocationID
	if err := n.RestartRuntime(ctx); err != nil {
		t.Fatal(err)
	}
	if unitOf(t, n, KubeletUnit).InvocationID != kubelet {
		t.Error("the drop-in acted before it was read")
	}
	if err := units.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	if u = unitOf(t, n, "containerd.service"); u.NeedDaemonReload || len(u.DropInPaths) != 1 {
		t.Errorf("after the reload: %+v", u)
	}
	if err := n.RestartRuntime(ctx); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the kubelet restarts with the runtime", func() bool { return unitOf(t, n, KubeletUnit).InvocationID != kubelet })
	if _, err := units.Do(ctx, systemd.Stop, KubeletUnit); err != nil {
		t.Fatal(err)
	}
	if err := n.RestartRuntime(ctx); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * tick)
	if u := unitOf(t, n, KubeletUnit); u.Active != "inactive" || u.MainPID != 0 {
		t.Errorf("try-restart started a unit that was stopped: %+v", u)
	}
}

func TestKubeletCommandLineComesFromUnitFiles(t *testing.T) {
	n := start(t, Options{Files: map[string]string{"/etc/default/kubelet": "KUBELET_EXTRA_ARGS=\"--feature-gates=EventedPLEG=true --v=2\"\n"}, Access: AccessOpen})
	u := unitOf(t, n, KubeletUnit)
	p, err := n.Host().Processes.Process(u.MainPID)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Args, " "); got != "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --node-ip=10.0.0.5 --feature-gates=EventedPLEG=true --v=2" {
		t.Errorf("command line: %s", got)
	}
	eventually(t, "the flag wins", func() bool {
		return metric(t, n, `kubernetes_feature_enabled{name="EventedPLEG",stage="ALPHA"}`) == "1"
	})
	if got := strings.Join(u.ExecStart[0], " "); !strings.Contains(got, "$KUBELET_EXTRA_ARGS") {
		t.Errorf("ExecStart must stay unexpanded: %s", got)
	}
}

func TestOrphansAreStopped(t *testing.T) {
	n := start(t, Options{Access: AccessOpen})
	client, err := cri.Dial(filepath.Join(n.Dir(), n.Socket()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	id, err := client.RunSandbox(context.Background(), strangePod())
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the kubelet stops what it does not know", func() bool {
		s, err := client.SandboxStatus(context.Background(), id)
		return err == nil && !s.Ready
	})
	if got := metric(t, n, "kubelet_orphaned_runtime_pods_total"); got != "1" {
		t.Errorf("orphans: %s", got)
	}
}

func TestCloseRemovesOnlyItsOwnFolder(t *testing.T) {
	dir := t.TempDir()
	n, err := New(Options{Dir: dir, Stopped: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "root/var/lib/kubelet/config.yaml")); err != nil {
		t.Errorf("a named folder was emptied: %v", err)
	}
	n, err = New(Options{Stopped: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(n.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the temporary folder stays: %v", err)
	}
}

func TestJournalQueries(t *testing.T) {
	ctx := context.Background()
	n := start(t, Options{})
	first := unitOf(t, n, KubeletUnit).InvocationID
	if err := n.RestartKubelet(ctx); err != nil {
		t.Fatal(err)
	}
	read := func(q journal.Query) (list []logscan.Entry) {
		err := n.Host().Journal.Read(ctx, q, func(e logscan.Entry) error {
			e.Message = append([]byte(nil), e.Message...)
			list = append(list, e)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	eventually(t, "both runs are there", func() bool {
		return len(read(journal.Query{Unit: "kubelet"})) > len(read(journal.Query{Invocation: first}))
	})
	for _, e := range read(journal.Query{Invocation: first}) {
		if e.Invocation != first || e.Unit != KubeletUnit {
			t.Fatalf("not of that run: %+v", e)
		}
	}
	all := read(journal.Query{Unit: "kubelet.service", Until: time.Now()})
	if last := read(journal.Query{Unit: "kubelet.service", Tail: 2, Until: all[len(all)-1].Time}); len(last) != 2 || last[1].Cursor != all[len(all)-1].Cursor {
		t.Errorf("tail: %v", last)
	}
	if after := read(journal.Query{AfterCursor: all[0].Cursor}); len(after) == 0 || after[0].Cursor == all[0].Cursor {
		t.Errorf("after the cursor: %d entries", len(after))
	}
	if none := read(journal.Query{Boot: "-1"}); len(none) != 0 {
		t.Errorf("%d entries of a boot before the first", len(none))
	}
}
