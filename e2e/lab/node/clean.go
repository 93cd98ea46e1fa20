package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// CleanUp removes what nodes of an earlier, killed run left behind: directories and
// empty cgroups. Their processes and mounts went with their supervisor.
func CleanUp(scratch string) {
	entries, _ := os.ReadDir(scratch)
	for _, e := range entries {
		removeLeftovers(e.Name(), filepath.Join(scratch, e.Name()))
	}
}

// removeCgroups removes the node's cgroup in every hierarchy, deepest first. It
// fails while a process is in one of them.
func removeCgroups(name string) error {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return fmt.Errorf("read the mounts: %w", err)
	}
	var failed []error
	for line := range strings.Lines(string(mounts)) {
		fields := strings.Fields(line)
		if len(fields) > 2 && strings.HasPrefix(fields[2], "cgroup") {
			failed = append(failed, removeTree(filepath.Join(fields[1], name)))
		}
	}
	return errors.Join(failed...)
}

func removeTree(top string) error {
	var dirs []string
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			dirs = append(dirs, path)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) && len(dirs) == 0 {
		return nil
	}
	slices.Reverse(dirs)
	var failed []error
	for _, dir := range dirs {
		if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// findInit finds the node's systemd: below the supervisor (unshare) is a shell, below that
// nspawn, and below nspawn is the node's first process.
func findInit(supervisor int) (int, error) {
	parents := map[int][]int{}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, fmt.Errorf("list the processes: %w", err)
	}
	names := map[int]string{}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it ended since
		}
		// pid (comm) state ppid …; the name may hold anything, so cut at its ends.
		head, rest, ok := strings.Cut(string(text), "(")
		end := strings.LastIndex(rest, ")")
		if !ok || end < 0 {
			continue
		}
		pid, err1 := strconv.Atoi(strings.TrimSpace(head))
		fields := strings.Fields(rest[end+1:])
		if err1 != nil || len(fields) < 2 {
			continue
		}
		ppid, err2 := strconv.Atoi(fields[1])
		if err2 != nil {
			continue
		}
		parents[ppid] = append(parents[ppid], pid)
		names[pid] = rest[:end]
	}
	for _, shell := range parents[supervisor] {
		for _, nspawn := range parents[shell] {
			for _, child := range parents[nspawn] {
				if names[nspawn] == "systemd-nspawn" && names[child] == "systemd" {
					return child, nil
				}
			}
		}
	}
	return 0, errors.New("its systemd was not started yet")
}
