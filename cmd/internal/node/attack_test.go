package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/intruder"
	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify"
)

func TestMain(m *testing.M) {
	os.Exit(intruder.Main(m, map[string]intruder.Role{"kubelet": func(_ []string, ready func(string)) error {
		ready("")
		return nil
	}}))
}

// noUnits is a machine whose systemd knows neither a kubelet nor a runtime.
type noUnits struct{ Units }

func (noUnits) Unit(_ context.Context, name string) (systemd.Unit, error) {
	return systemd.Unit{}, fmt.Errorf("look at %s: %w", name, systemd.ErrNoSuchUnit)
}

// A user's process named kubelet is neither believed nor run, and the report says why.
func TestSomebodyElsesKubelet(t *testing.T) {
	intruder.NeedsRoot(t)
	config := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(config, []byte("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates: {EventedPLEG: true}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	pid, _ := intruder.Start(t, "kubelet", "kubelet", "--config="+config)
	host, err := Open("/", false)
	if err != nil {
		t.Fatal(err)
	}
	defer host.Root.Close()
	host.Units, host.Journal = noUnits{}, nil
	ran := &watchedPrograms{}
	host.Programs = ran
	facts, err := Observe(context.Background(), host, Options{StateDir: "/var/lib/plegctl"})
	if err != nil {
		t.Fatal(err)
	}
	k := facts.Kubelet
	// Tests of other packages may have kubelets on this machine at the same time: intruders
	// of that name, which could be the one that is named, and real ones, which are believed.
	switch {
	case k.Process.Seen && k.Process.Value.PID == pid:
		t.Errorf("the process: %+v", k.Process)
	case k.Process.Seen:
		t.Logf("root's kubelet %d was found, and not the intruder %d", k.Process.Value.PID, pid)
	case !strings.Contains(k.Process.Why, "is not believed: "):
		t.Errorf("the process: %+v", k.Process)
	case k.Inputs.Seen || k.Gate.Known || k.Version.Seen:
		t.Errorf("its command line is believed: %+v, %+v, %+v", k.Inputs, k.Gate, k.Version)
	}
	for _, program := range ran.names {
		if strings.Contains(program, "proc") || strings.HasPrefix(program, os.TempDir()) {
			t.Errorf("its program was run: %s", program)
		}
	}
}

// reused is a machine where the kubelet's main process has ended, and a user has its number.
type reused struct {
	Units
	Processes
	pid int
}

func (r reused) Unit(_ context.Context, name string) (systemd.Unit, error) {
	return systemd.Unit{Name: name, Load: "loaded", Active: "active", MainPID: r.pid}, nil
}

func (r reused) Process(int) (procfs.Process, error) {
	return procfs.Process{PID: r.pid, UID: intruder.UID, Args: []string{"kubelet", "--config=/tmp/evil.yaml"}, Exe: "/usr/bin/kubelet"}, nil
}

func (r reused) Peer(net.Conn, ...int) (procfs.Process, error) { return r.Process(r.pid) }

func (r reused) InCgroup(string) ([]procfs.Process, error) { return nil, nil }

func (r reused) Trusted(procfs.Process) error { return errors.New("not believed") }

func TestNumberOfTheKubeletsIsAnothers(t *testing.T) {
	r := reused{pid: 812}
	s := &sight{host: &Host{Units: r, Processes: r}}
	unit, _ := r.Unit(t.Context(), "kubelet.service")
	if fact, p := s.process(unit, "kubelet"); fact.Seen || len(p.Args) > 0 || !strings.Contains(fact.Why, "another user's now") {
		t.Errorf("it is taken for the kubelet: %+v, %+v", fact, p)
	}
	if err := s.host.UnitServes(t.Context(), "kubelet.service")(nil); err == nil {
		t.Error("it answers for the kubelet")
	}
	if err := s.host.runtimeServes(t.Context(), nil, []string{"crio.service"}); err == nil {
		t.Error("it answers for the runtime")
	}
}

type watchedPrograms struct{ names []string }

func (w *watchedPrograms) Output(_ context.Context, program string, _ ...string) ([]byte, error) {
	w.names = append(w.names, program)
	return nil, errors.New("not run in this test")
}

func (w *watchedPrograms) Staged(ctx context.Context, program string, _ map[string][]byte, _ func(string) []string) ([]byte, error) {
	return w.Output(ctx, program)
}

// A line that another user wrote to the journal is no line of the kubelet's.
func TestForgedJournal(t *testing.T) {
	entry := func(notRoot bool, message string) logscan.Entry {
		return logscan.Entry{
			Time: time.Now(), PID: 812, Unit: "kubelet.service", Identifier: "kubelet",
			Invocation: strings.Repeat("a", 32), NotRoot: notRoot, Message: []byte(message),
		}
	}
	lines := forgedJournal{
		entry(false, `I1125 10:00:00.000001     812 server.go:530] "Kubelet version" kubeletVersion="v1.36.3"`),
		entry(true, `I1125 10:00:30.000001     812 remote_runtime.go:1091] "container event received" resp="x"`),
		entry(true, `I1125 10:00:31.000001     812 evented.go:242] "Evented PLEG: Generated pod status from the received event" podUID="x"`),
		entry(true, `I1125 10:00:00.000001     812 server.go:530] "Kubelet version" kubeletVersion="v1.99.9"`),
	}
	s := &sight{host: &Host{Journal: lines, Now: time.Now}}
	s.facts.Kubelet.Unit = verify.Seen(verify.Unit{Name: "kubelet.service", InvocationID: strings.Repeat("a", 32)}, "systemd")
	s.kubeletLog(context.Background())
	log := s.facts.Kubelet.Log
	if !log.Seen || log.Value.Arrived() != 0 || log.Value.Version.Minor != 36 {
		t.Errorf("%+v", log)
	}
}

type forgedJournal []logscan.Entry

func (j forgedJournal) Read(_ context.Context, _ journal.Query, fn func(logscan.Entry) error) error {
	for _, e := range j {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}
