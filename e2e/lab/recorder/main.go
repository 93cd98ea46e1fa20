// Command recorder takes the place of a daemon on a node: it writes how it was started to
// /run/start/UNIT.json and ends, or stays where RECORDER_STAYS is set.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// started is how a process was started.
type started struct {
	Args      []string
	Env       []string
	Directory string
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "recorder:", err)
		os.Exit(1)
	}
	if os.Getenv("RECORDER_STAYS") != "" {
		ended := make(chan os.Signal, 1)
		signal.Notify(ended, syscall.SIGTERM)
		<-ended
	}
}

func run() error {
	unit, err := ownUnit()
	if err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	text, err := json.Marshal(started{os.Args, os.Environ(), dir})
	if err != nil {
		return err
	}
	if err := os.MkdirAll("/run/start", 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join("/run/start", unit+".json"), text, 0o644)
}

// ownUnit returns the unit in whose control group this process runs.
func ownUnit() (string, error) {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		for _, part := range strings.Split(strings.TrimSpace(line), "/") {
			if strings.HasSuffix(part, ".service") {
				return part, nil
			}
		}
	}
	return "", fmt.Errorf("no unit in %q", text)
}
