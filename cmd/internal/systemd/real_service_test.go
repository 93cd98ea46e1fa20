package systemd

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"
)

// What follows the command also runs when it was killed; then the name is free again.
func TestRealService(t *testing.T) {
	c := realSystemd(t, Options{})
	dir := t.TempDir()
	s := ServiceSpec{
		Name: "plegctl-test-service", Description: "test", Dir: dir, Env: []string{"WORD=two words"},
		Exec:        []string{"/bin/sh", "-c", `echo "$WORD; $1" > started; exec sleep 1000`, "sh", "$HOME %n"},
		After:       []string{"/bin/sh", "-c", "echo $SERVICE_RESULT > ended"},
		Retry:       time.Hour,
		Final:       []int32{0, 6},
		StopTimeout: 5 * time.Second,
	}
	t.Cleanup(func() { _ = exec.Command("systemctl", "stop", s.Name+".service").Run() })
	if err := c.StartService(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	await(t, "it runs", func() bool {
		data, err := os.ReadFile(dir + "/started")
		return err == nil && string(data) == "two words; $HOME %n\n"
	})
	if runs, err := c.ServiceRuns(t.Context(), s.Name); !runs || err != nil {
		t.Errorf("runs %v, %v", runs, err)
	}
	if err := c.StartService(t.Context(), s); err == nil {
		t.Error("it was started twice")
	}
	if out, err := exec.Command("systemctl", "kill", "--signal=KILL", s.Name+".service").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	await(t, "what follows ran", func() bool {
		data, err := os.ReadFile(dir + "/ended")
		return err == nil && string(data) == "signal\n"
	})
	if runs, err := c.ServiceRuns(t.Context(), s.Name); !runs || err != nil {
		t.Errorf("it waits to be run again: runs %v, %v", runs, err)
	}
	if u := must(t, c, Stop, s.Name+".service"); !u.Down() {
		t.Errorf("stopped: %+v", u)
	}

	// One that fails for good is gone, and its name free.
	s.Exec = []string{"/bin/sh", "-c", "exit 6"}
	for range 2 {
		if err := c.StartService(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		await(t, "it is gone", func() bool {
			_, err := c.Unit(t.Context(), s.Name+".service")
			return errors.Is(err, ErrNoSuchUnit)
		})
	}
}
