package simnode

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/logscan"
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
			if diff := cmp.Diff(want.metrics, got.metrics); diff != "" {
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

// simulated runs the case that the recording's name tells, until it has gone as far as
// the recording.
func simulated(t *testing.T, name string, want story) story {
	t.Helper()
	part := strings.Split(name, "-")
	yes, no := true, false
	opts := Options{
		Kubelet: part[0], Runtime: part[1], Second: 12 * time.Millisecond, Access: AccessOpen,
		Workload: WorkloadStatic, WorkloadLife: 4, Gate: &yes, PodEvents: part[2] != "off",
	}
	if slices.Contains(part, "json") {
		opts.LogFormat = "json"
	}
	if _, err := fmt.Sscanf(part[len(part)-1], "v%d", &opts.Verbosity); err != nil {
		t.Fatal(err)
	}
	switch part[2] {
	case "unset":
		opts.Gate = nil
	case "false":
		opts.Gate = &no
	}
	n, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	look := func() story { return tell(journalLines(t, n), strings.Split(getMetrics(t, n), "\n")) }
	if part[2] == "restart" {
		eventually(t, "events come", func() bool { return metric(t, n, received) != "0" && len(look().perEvent) >= len(want.perEvent) })
		if err := n.RestartRuntime(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	// Long enough for what must not happen to happen.
	time.Sleep(15 * opts.Second)
	got := look()
	for deadline := time.Now().Add(10 * time.Second); !got.reaches(want) && time.Now().Before(deadline); got = look() {
		time.Sleep(5 * opts.Second)
	}
	return got
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

func journalLines(t *testing.T, n *Node) []string {
	t.Helper()
	var lines []string
	err := n.Host().Journal.Read(context.Background(), journal.Query{Unit: "kubelet"}, func(e logscan.Entry) error {
		lines = append(lines, string(e.Message))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func getMetrics(t *testing.T, n *Node) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	// A unit of Type=simple counts as started before its program listens.
	var resp *http.Response
	eventually(t, "the kubelet answers", func() (ok bool) {
		var err error
		resp, err = client.Get(fmt.Sprintf("https://127.0.0.1:%d/metrics", n.ports.kubelet))
		return err == nil
	})
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
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
		"Kubelet version", "Container runtime initialized", "FLAG: --feature-gates", "Effective KubeletConfiguration", "EventedPLEG:",
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
