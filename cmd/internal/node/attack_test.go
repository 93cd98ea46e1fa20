package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/intruder"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
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
	intruder.Start(t, "kubelet", "kubelet", "--config="+config)
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
	// Tests of other packages may have intruders of that name at the same time.
	if k.Process.Seen || !strings.Contains(k.Process.Why, "is not believed: ") {
		t.Errorf("the process: %+v", k.Process)
	}
	if k.Inputs.Seen || k.Gate.Known || k.Version.Seen {
		t.Errorf("its command line is believed: %+v, %+v, %+v", k.Inputs, k.Gate, k.Version)
	}
	for _, program := range ran.names {
		if strings.Contains(program, "proc") || strings.HasPrefix(program, os.TempDir()) {
			t.Errorf("its program was run: %s", program)
		}
	}
}

type watchedPrograms struct{ names []string }

func (w *watchedPrograms) Output(_ context.Context, program string, _ ...string) ([]byte, error) {
	w.names = append(w.names, program)
	return nil, errors.New("not run in this test")
}
