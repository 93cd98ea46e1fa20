package procfs

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tick is 1/USER_HZ, the unit of /proc/PID/stat: 100 a second on every Linux architecture
// that Go and the kubelet support (include/uapi/asm-generic/param.h).
const tick = time.Second / 100

// stat holds what is read of /proc/PID/stat.
type stat struct {
	stopped bool
	// start counts from the boot.
	start, cpu time.Duration
}

// parseStat reads fields by their numbers in proc_pid_stat(5). The name before them may
// hold anything, so they are counted from the last ")".
func parseStat(text []byte) (stat, error) {
	i := bytes.LastIndexByte(text, ')')
	if i < 0 {
		return stat{}, errors.New("no process name in stat")
	}
	rest := strings.Fields(string(text[i+1:]))
	const first, state, user, kernel, start = 3, 3, 14, 15, 22
	if len(rest) <= start-first {
		return stat{}, errors.New("stat is cut short")
	}
	var numbers [3]int64
	for i, field := range []int{user, kernel, start} {
		n, err := strconv.ParseInt(rest[field-first], 10, 64)
		if err != nil {
			return stat{}, fmt.Errorf("field %d of stat: %w", field, err)
		}
		numbers[i] = n
	}
	held := rest[state-first]
	return stat{
		stopped: held == "T" || held == "t",
		cpu:     time.Duration(numbers[0]+numbers[1]) * tick, start: time.Duration(numbers[2]) * tick,
	}, nil
}

// onlyUser reads the line "Uid: real effective saved filesystem" of /proc/PID/status: the user,
// or -1 where they differ, as in a set-user-ID program, which works for whoever started it.
func onlyUser(status string) int {
	for line := range strings.Lines(status) {
		rest, ok := strings.CutPrefix(line, "Uid:")
		if !ok {
			continue
		}
		ids := slices.Compact(strings.Fields(rest))
		if len(ids) != 1 {
			return -1
		}
		uid, err := strconv.Atoi(ids[0])
		if err != nil {
			return -1
		}
		return uid
	}
	return -1
}

// isInCgroup reads /proc/PID/cgroup: lines "ID:CONTROLLERS:PATH", where systemd's own
// hierarchy has no controllers (version 2) or is named "name=systemd" (cgroups(7)).
func isInCgroup(text, group string) bool {
	for line := range strings.Lines(text) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(parts) != 3 || parts[1] != "" && parts[1] != "name=systemd" {
			continue
		}
		if parts[2] == group || strings.HasPrefix(parts[2], group+"/") {
			return true
		}
	}
	return false
}

func fields(b []byte) []string {
	text := strings.TrimSuffix(string(b), "\x00")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\x00")
}
