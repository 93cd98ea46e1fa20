package e2e

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// exitDelays tells for each container that ended in the window how long after
// its end the kubelet's PLEG made its event of it. containerd logs the moment
// of the end itself; the kubelet logs its event at verbosity 2.
func exitDelays(t *testing.T, n *node.Node, from, to time.Time) []time.Duration {
	t.Helper()
	ended := map[string]time.Time{}
	end := regexp.MustCompile(`received container exit event container_id:\\?"([0-9a-f]+)\\?".*exited_at:\{seconds:(\d+) nanos:(\d+)\}`)
	for _, e := range entries(t, n, "containerd.service", from) {
		if m := end.FindStringSubmatch(e.text); m != nil {
			seconds, err1 := strconv.ParseInt(m[2], 10, 64)
			nanos, err2 := strconv.ParseInt(m[3], 10, 64)
			if err1 != nil || err2 != nil {
				t.Fatalf("moment of the end in %q", e.text)
			}
			ended[m[1]] = time.Unix(seconds, nanos)
		}
	}
	var delays []time.Duration
	died := regexp.MustCompile(`"SyncLoop \(PLEG\): event for pod".*"Type":"ContainerDied","Data":"([0-9a-f]+)"`)
	for _, e := range entries(t, n, "kubelet.service", from) {
		m := died.FindStringSubmatch(e.text)
		if m == nil || e.at.After(to) {
			continue
		}
		if at, ok := ended[m[1]]; ok {
			delays = append(delays, e.at.Sub(at))
			delete(ended, m[1]) // an old kubelet tells of the same end again
		}
	}
	return delays
}

type entry struct {
	at   time.Time
	text string
}

// entries reads a unit's messages with the time at which it sent each.
func entries(t *testing.T, n *node.Node, unit string, since time.Time) []entry {
	t.Helper()
	text := must(t, n, fmt.Sprintf("journalctl -o json --output-fields=MESSAGE -u %s --since=@%d", unit, since.Unix()))
	var all []entry
	for line := range strings.Lines(text) {
		var e struct {
			At      string `json:"__REALTIME_TIMESTAMP"`
			Message string `json:"MESSAGE"`
		}
		if json.Unmarshal([]byte(line), &e) != nil {
			continue // a message that is no text comes as a list of numbers
		}
		micros, err := strconv.ParseInt(e.At, 10, 64)
		if err != nil {
			t.Fatalf("time of a journal entry: %v", err)
		}
		all = append(all, entry{time.UnixMicro(micros), e.Message})
	}
	return all
}
