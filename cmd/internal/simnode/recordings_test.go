package simnode

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/journal"
)

// said is one log line without what differs from run to run.
type said struct{ severity, place, message string }

// story is what a kubelet said and counted.
type story struct {
	// told are the lines that make the story, in order.
	told []said
	// perEvent are the distinct lines that come with container events, and timestamps
	// whether the line about missing timestamps was there.
	perEvent   []string
	timestamps []string
	metrics    map[string]string
}

// TestAgainstRecordings drives the simulated node through every case that was recorded
// with real kubelets and compares what was said and counted.
func TestAgainstRecordings(t *testing.T) {
	files, err := filepath.Glob("testdata/recordings/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := recorded(t, file)
			got := simulated(t, name, want)
			if diff := cmp.Diff(want.told, got.told, cmp.AllowUnexported(said{})); diff != "" {
				t.Errorf("what was said differs (-recorded +simulated):\n%s", diff)
			}
			for _, line := range want.perEvent {
				if !slices.Contains(got.perEvent, line) {
					t.Errorf("recorded with events, not simulated: %s", line)
				}
			}
			if (len(want.perEvent) == 0) != (len(got.perEvent) == 0) {
				t.Errorf("lines with events: recorded %v, simulated %v", want.perEvent, got.perEvent)
			}
			if diff := cmp.Diff(want.timestamps, got.timestamps); diff != "" {
				t.Errorf("missing timestamps (-recorded +simulated):\n%s", diff)
			}
			if diff := cmp.Diff(want.metrics, got.metrics); diff != "" && len(want.metrics) > 0 {
				t.Errorf("counters (-recorded +simulated):\n%s", diff)
			}
		})
	}
}

func recorded(t *testing.T, file string) story {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var log, metrics []string
	into := &log
	for s := bufio.NewScanner(f); s.Scan(); {
		if s.Text() == "--- metrics" {
			into = &metrics
			continue
		}
		*into = append(*into, s.Text())
	}
	return tell(log, metrics)
}

// simulated runs the case that the recording's name tells, until it has gone as far as the
// recording and the pod has been restarted some times, for what must not happen to happen.
func simulated(t *testing.T, name string, want story) story {
	t.Helper()
	part := strings.Split(name, "-")
	opts := Options{
		Kubelet: part[0], Runtime: part[1], Second: 12 * time.Millisecond,
		Workload: WorkloadStatic, WorkloadLife: 4, Gate: on(true), PodEvents: part[2] != "off",
	}
	if slices.Contains(part, "json") {
		opts.LogFormat = "json"
	}
	if _, err := fmt.Sscanf(part[len(part)-1], "v%d", &opts.Verbosity); err != nil {
		t.Fatal(err)
	}
	switch part[2] {
	case "unset", "baddropin":
		opts.Gate = nil
	case "false":
		opts.Gate = on(false)
	}
	n := start(t, opts)
	look := func() story {
		var lines []string
		for _, e := range entries(t, n, journal.Query{Invocation: unitOf(t, n, KubeletUnit).InvocationID}) {
			lines = append(lines, string(e.Message))
		}
		k := n.kubelet.Load()
		return tell(lines, strings.Split(k.Metrics(), "\n"))
	}
	switch part[2] {
	case "restart", "stophang":
		eventually(t, "events come", func() bool { return metric(n, received) != "0" && len(look().perEvent) >= len(want.perEvent) })
		if err := n.RestartRuntime(t.Context()); err != nil {
			t.Fatal(err)
		}
	case "baddropin":
		badDropIn(t, n)
		return look()
	}
	client, err := cri.Dial(filepath.Join(n.Dir(), n.Socket()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	containers := map[string]bool{}
	eventually(t, "the pod is restarted three times", func() bool {
		list, err := client.Containers(t.Context())
		for _, one := range list {
			containers[one.ID] = true
		}
		return err == nil && len(containers) > 3
	})
	if len(want.metrics) == 0 { // a journal without its metrics
		want.metrics = look().metrics
	}
	got := look()
	eventually(t, "as far as the recording", func() bool { got = look(); return got.reaches(want) || t.Failed() })
	return got
}

// badDropIn is the situation of a CRI-O that does not start for a drop-in's wrong type: each
// kubelet that systemd starts meanwhile ends before it has a runtime.
func badDropIn(t *testing.T, n *Node) {
	t.Helper()
	if err := n.WriteFile("/etc/crio/crio.conf.d/99-bad.conf", "[crio.runtime]\nlog_level = 5\n"); err != nil {
		t.Fatal(err)
	}
	if err := n.RestartRuntime(t.Context()); err == nil {
		t.Fatal("CRI-O started with a drop-in of the wrong type")
	}
	if err := n.RestartKubelet(t.Context()); err != nil {
		t.Fatal(err)
	}
	k := n.kubelet.Load()
	<-k.Done()
}

// reaches tells that everything of the recording has happened here too.
func (s story) reaches(want story) bool {
	for _, line := range want.perEvent {
		if !slices.Contains(s.perEvent, line) {
			return false
		}
	}
	return len(s.told) >= len(want.told) && slices.Equal(s.timestamps, want.timestamps) && maps.Equal(s.metrics, want.metrics)
}

var (
	textLine = regexp.MustCompile(`^([IEW])\d{4} [\d:.]+ +\d+ ([\w.]+:\d+)\] (.*)$`)
	values   = regexp.MustCompile(`(\w+)="(?:[^"\\]|\\.)*"`)
	// extra is the one gate that the simulated node has and the recorded one had not.
	extra = regexp.MustCompile(`,"GracefulNodeShutdown":true|"GracefulNodeShutdown":true,?| ?GracefulNodeShutdown:true`)
)

func tell(log, metrics []string) story {
	s := story{metrics: map[string]string{}}
	for _, line := range log {
		one, ok := parse(line)
		if !ok {
			continue
		}
		flat := one.severity + " " + one.place + " " + one.message
		switch {
		case strings.Contains(one.message, "does not set pod status timestamp"):
			s.timestamps = add(s.timestamps, flat)
		case strings.Contains(one.message, "Generated pod status"), strings.Contains(one.message, "Received Container"),
			strings.Contains(one.message, "container event received"), strings.Contains(one.message, "requested pod relist"):
			s.perEvent = add(s.perEvent, flat)
		case interesting(one.message):
			s.told = append(s.told, one)
		}
	}
	for _, line := range metrics {
		name, value, _ := strings.Cut(line, " ")
		if name == "" || line[0] == '#' || strings.Contains(line, "Graceful") {
			continue
		}
		switch {
		case strings.HasSuffix(name, "latency_seconds_count") && strings.Contains(name, "evented"):
			s.metrics[name] = present(value)
		case name == "kubelet_pleg_relist_duration_seconds_count":
			// Once at the start and then not for 300 s, or once a second.
			s.metrics[name] = map[bool]string{true: "once", false: "many"}[value == "1"]
		case strings.HasPrefix(name, "kubelet_evented"), strings.HasPrefix(name, "kubernetes_feature"):
			if !strings.Contains(name, "latency") {
				s.metrics[name] = value
			}
		}
	}
	return s
}

func interesting(message string) bool {
	for _, part := range []string{
		"eature gates", "Updated", "Evented PLEG", "container events stream", "failed to receive streaming", "GetContainerEvents", "Fall back",
		"Kubelet version", "Container runtime initialized", "FLAG: --feature-gates", "Effective KubeletConfiguration", "EventedPLEG:", "command failed",
	} {
		if strings.Contains(message, part) {
			return true
		}
	}
	return false
}

func parse(line string) (said, bool) {
	line = extra.ReplaceAllString(line, "")
	if strings.HasPrefix(line, "\t") {
		return said{"", "", line}, true
	}
	if strings.HasPrefix(line, "{") {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) != nil {
			return said{}, false
		}
		msg, _ := fields["msg"].(string)
		caller, _ := fields["caller"].(string)
		severity := "E"
		if v, there := fields["v"]; there {
			severity = fmt.Sprint("I v", v)
		}
		return said{severity, caller, msg + keysOf(line)}, true
	}
	m := textLine.FindStringSubmatch(line)
	if m == nil {
		return said{}, false
	}
	return said{m[1], m[2], values.ReplaceAllStringFunc(m[3], func(pair string) string {
		key, _, _ := strings.Cut(pair, "=")
		if key == "err" || key == "kubeletVersion" || key == "containerRuntime" {
			return strings.ReplaceAll(pair, "/var/run/", "/run/")
		}
		return key
	})}, true
}

// keysOf are the keys of a JSON line in their order; "v" moves about where a logger carries
// values of its own.
func keysOf(line string) string {
	d := json.NewDecoder(strings.NewReader(line))
	var keys []string
	for depth, isKey := 0, true; ; {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			isKey = true
			continue
		case json.Delim('}'), json.Delim(']'):
			depth--
			isKey = true
			continue
		}
		if depth == 1 {
			if key, ok := token.(string); ok && isKey && key != "v" {
				keys = append(keys, key)
			}
			isKey = !isKey
		}
	}
	return " " + strings.Join(keys, ",")
}

func add(list []string, line string) []string {
	if !slices.Contains(list, line) {
		list = append(list, line)
	}
	slices.Sort(list)
	return list
}

func present(count string) string {
	if count == "0" {
		return "none"
	}
	return "some"
}
