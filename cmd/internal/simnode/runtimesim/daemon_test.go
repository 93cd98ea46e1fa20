package runtimesim

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/cmd/internal/cri"
)

const pause = "registry.k8s.io/pause:3.10"

type rig struct {
	t      *testing.T
	opts   Options
	store  *Store
	daemon *Daemon
	client *cri.Client
}

func newRig(t *testing.T, runtime, version string, files map[string]string) *rig {
	t.Helper()
	root, err := os.MkdirTemp("", "rt") // short, for the socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	for path, text := range files {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := &rig{t: t, opts: Options{Runtime: runtime, Version: version, Root: root, Socket: "/run/sim.sock", PauseImage: pause, Second: 10 * time.Millisecond}}
	r.store = NewStore(time.Now, pause)
	t.Cleanup(r.store.Close)
	return r
}

func (r *rig) start() *rig {
	r.t.Helper()
	d, err := Start(r.opts, r.store)
	if err != nil {
		r.t.Fatal(err)
	}
	r.daemon = d
	r.t.Cleanup(d.Stop)
	if r.client, err = cri.Dial(filepath.Join(r.opts.Root, r.opts.Socket)); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { r.client.Close() })
	return r
}

// read opens an event stream and waits until the daemon has it; the channel ends with it.
func (r *rig) read() <-chan string {
	r.t.Helper()
	before := r.daemon.Readers()
	stream, err := r.client.Events(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	ch := make(chan string, 10000)
	go func() {
		defer close(ch)
		for e, err := stream.Recv(); err == nil; e, err = stream.Recv() {
			ch <- e.Type
		}
	}()
	for r.daemon.Readers() == before {
		time.Sleep(time.Millisecond)
	}
	return ch
}

// mark emits an event that ends what a test counts.
const mark = "unknown type 99"

func (r *rig) mark() { r.daemon.Emit(&event{ContainerEventType: 99}) }

// upTo is what came before the mark, or before the end of the stream.
func upTo(ch <-chan string) (list []string) {
	for kind := range ch {
		if kind == mark || !slices.Contains([]string{"created", "started", "stopped", "deleted"}, kind) {
			break
		}
		list = append(list, kind)
	}
	return list
}

func (r *rig) stimulate() cri.Stimulus {
	r.t.Helper()
	s, err := r.client.Stimulate(r.t.Context(), time.Now)
	if err != nil {
		r.t.Fatalf("%s %s: %v", r.opts.Runtime, r.opts.Version, err)
	}
	return s
}

func podNamed(label string) *runtimeapi.PodSandboxConfig {
	return &runtimeapi.PodSandboxConfig{
		Metadata: &runtimeapi.PodSandboxMetadata{Name: "one", Namespace: "default", Uid: "uid-" + label}, Labels: map[string]string{label: "true"},
	}
}

const eventsOn = "[crio.runtime]\nenable_pod_events = true\n"

func crioOn() map[string]string {
	return map[string]string{"etc/crio/crio.conf.d/99-on.conf": eventsOn}
}

func TestEventsOfOneSandbox(t *testing.T) {
	for _, c := range []struct {
		runtime, version string
		files            map[string]string
		want             string
	}{
		{Containerd, "2.4.2", nil, "created started stopped deleted"},
		{Containerd, "1.7.27", nil, "created started stopped deleted"},
		{CRIO, "1.34.11", crioOn(), "started stopped"},
	} {
		r := newRig(t, c.runtime, c.version, c.files).start()
		ch := r.read()
		s := r.stimulate()
		r.mark()
		if got := strings.Join(upTo(ch), " "); got != c.want {
			t.Errorf("%s %s sent %q, want %q", c.runtime, c.version, got, c.want)
		}
		if left, err := r.client.Sandboxes(t.Context(), nil); err != nil || len(left) != 0 {
			t.Errorf("%s %s: sandboxes left: %v, %v", c.runtime, c.version, left, err)
		}
		if s.UID == "" || s.SandboxID == "" || s.Removed.IsZero() {
			t.Errorf("stimulus says too little: %+v", s)
		}
	}
}

func TestStimulusCleansUpWhatACrashLeft(t *testing.T) {
	r := newRig(t, Containerd, "2.4.2", nil).start()
	var other string
	for _, label := range []string{cri.StimulusLabel, "somebody/else"} {
		id, err := r.client.RunSandbox(t.Context(), podNamed(label))
		if err != nil {
			t.Fatal(err)
		}
		other = id
	}
	if s := r.stimulate(); s.Leftovers != 1 {
		t.Errorf("%d leftovers", s.Leftovers)
	}
	if left, err := r.client.Sandboxes(t.Context(), nil); err != nil || len(left) != 1 || left[0].ID != other {
		t.Errorf("what was not ours was touched: %v, %v", left, err)
	}
}

func TestStimulusRefusesWithoutPauseImage(t *testing.T) {
	r := newRig(t, CRIO, "1.34.11", crioOn())
	r.store = NewStore(time.Now, "another image")
	r.start()
	if _, err := r.client.Stimulate(t.Context(), time.Now); err == nil || !strings.Contains(err.Error(), "pause image") {
		t.Errorf("want a refusal that names the pause image, got %v", err)
	}
}

func TestKindsOfStreamErrors(t *testing.T) {
	for _, c := range []struct {
		runtime, version string
		files            map[string]string
		want             cri.Kind
	}{
		{Containerd, "1.6.39", nil, cri.KindNoMethod},
		{Containerd, "2.4.2", map[string]string{"etc/containerd/config.toml": `disabled_plugins = ["cri"]`}, cri.KindNoService},
		{CRIO, "1.34.11", nil, cri.KindEnded},
	} {
		r := newRig(t, c.runtime, c.version, c.files).start()
		stream, err := r.client.Events(t.Context())
		if err == nil {
			_, err = stream.Recv()
		}
		if got := cri.KindOf(err); got != c.want {
			t.Errorf("%s %s: %v, want %v (%v)", c.runtime, c.version, got, c.want, err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	c, err := cri.Dial("unix://" + filepath.Join(t.TempDir(), "none.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Version(t.Context()); cri.KindOf(err) != cri.KindUnreachable {
		t.Errorf("missing socket: %v", err)
	}
	if _, err := c.RunningConfig(t.Context()); cri.KindOf(err) != cri.KindUnreachable {
		t.Errorf("missing socket over HTTP: %v", err)
	}
}

func TestAHungRuntimeTimesOut(t *testing.T) {
	r := newRig(t, Containerd, "2.4.2", nil).start()
	r.daemon.Freeze(true)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.client.Version(ctx); cri.KindOf(err) != cri.KindTimeout {
		t.Errorf("want no answer in time, got %v", err)
	}
	r.daemon.Freeze(false)
	if _, err := r.client.Version(t.Context()); err != nil {
		t.Errorf("after the hang: %v", err)
	}
}

func TestRefusesToStart(t *testing.T) {
	for _, c := range []struct{ runtime, version, text, want string }{
		{CRIO, "1.34.11", "[crio.runtime]\nenable_pod_events = \"true\"\n", "incompatible types"},
		{CRIO, "1.34.11", "[crio.runtime]\nenable_pod_events: true\n", "expected '.' or '='"},
		{CRIO, "1.34.11", "[crio.runtime]\n[crio.runtime]\n", "already been defined"},
		{CRIO, "1.34.11", "[crio.runtime]\nlog_level = 5\n", `last key "crio.runtime.log_level"`},
		{Containerd, "1.7.27", "version = 2\ndisabled_plugins = [\"cri\"]\n", "expect io.containerd.x.vx"},
		{Containerd, "1.7.27", "version = 3\n", "equal to or less than `2`"},
		{Containerd, "2.2.0", "version = 4\n", "equal to or less than `3`"},
		{Containerd, "2.4.2", "level = debug\n", "failed to load TOML"},
		{Containerd, "2.4.2", "imports = [\"none.toml\"]\n", "no such file"},
		{Containerd, "1.5.0", "", "the simulated node has no containerd 1.5.0"},
	} {
		r := newRig(t, c.runtime, c.version, map[string]string{"etc/crio/crio.conf.d/sub/00-bad.bak": c.text, "etc/containerd/config.toml": c.text})
		d, err := Start(r.opts, r.store)
		if err == nil {
			d.Stop()
			t.Errorf("%s %s started on %q", c.runtime, c.version, c.text)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

func TestCRIOEffectiveValue(t *testing.T) {
	on, off := eventsOn, "[crio.runtime]\nenable_pod_events = false\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  bool
	}{
		{"later file wins", map[string]string{"etc/crio/crio.conf": on, "etc/crio/crio.conf.d/10-a.conf": off}, false},
		{"any extension", map[string]string{"etc/crio/crio.conf.d/99-x.conf.bak": on}, true},
		{"lexical order", map[string]string{"etc/crio/crio.conf.d/100-a": on, "etc/crio/crio.conf.d/99-a": off}, false},
		{"wrong table", map[string]string{"etc/crio/crio.conf": "[crio]\nenable_pod_events = true\n"}, false},
		{"case does not matter", map[string]string{"etc/crio/crio.conf": "[CRIO.Runtime]\nEnable_Pod_Events = true\n"}, true},
	} {
		r := newRig(t, CRIO, "1.34.11", c.files).start()
		config, err := r.client.RunningConfig(t.Context())
		if err != nil || !config.Known || config.PodEvents != c.want {
			t.Errorf("%s: %v, %v, want %v", c.name, config.PodEvents, err, c.want)
		}
		status, err := r.client.Status(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		if got, known := status.PodEvents(); !known || got != c.want {
			t.Errorf("%s: status shows %v, %v", c.name, got, known)
		}
	}
}

// A containerd that knows the key sends events only when it is true.
func TestContainerdWithTheKey(t *testing.T) {
	for _, c := range []struct {
		name, version string
		files         map[string]string
		want          bool
	}{
		{"no file", "2.4.2", nil, false},
		{"version 3", "2.4.2", map[string]string{"etc/containerd/config.toml": "version = 3\n[plugins.'io.containerd.cri.v1.runtime']\nenable_pod_events = true\n"}, true},
		{"version 2", "1.7.27", map[string]string{"etc/containerd/config.toml": "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\"]\nenable_pod_events = true\n"}, true},
		{"version 1", "1.7.27", map[string]string{"etc/containerd/config.toml": "[plugins.cri]\nenable_pod_events = true\n"}, true},
		{"an import wins", "2.4.2", map[string]string{
			"etc/containerd/config.toml":   "version = 3\nimports = ['/etc/containerd/conf.d/*.toml']\n[plugins.'io.containerd.cri.v1.runtime']\nenable_pod_events = true\n",
			"etc/containerd/conf.d/a.toml": "[plugins.'io.containerd.cri.v1.runtime']\nenable_pod_events = false\n",
		}, false},
	} {
		r := newRig(t, Containerd, c.version, c.files)
		r.opts.KnowsKey = true
		r.start()
		r.stimulate()
		stream, err := r.client.Events(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err = stream.Recv(); (err == nil) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
		dump, err := ConfigDump(r.opts)
		if err != nil || strings.Contains(dump, "enable_pod_events = true") != c.want || !strings.Contains(dump, "enable_pod_events") {
			t.Errorf("%s: %v\n%s", c.name, err, dump)
		}
	}
}

func TestOpenEventStreams(t *testing.T) {
	r := newRig(t, CRIO, "1.34.11", crioOn()).start()
	for want := range 2 {
		if n, err := r.client.OpenEventStreams(t.Context()); err != nil || n != want {
			t.Errorf("%d streams, want %d: %v", n, want, err)
		}
		r.read()
	}
	old := newRig(t, CRIO, "1.31.4", crioOn()).start()
	if _, err := old.client.OpenEventStreams(t.Context()); cri.KindOf(err) != cri.KindNoMethod {
		t.Errorf("1.31 shows no goroutines: %v", err)
	}
	other := newRig(t, Containerd, "2.4.2", nil).start()
	if _, err := other.client.RunningConfig(t.Context()); err == nil {
		t.Error("containerd has no /config")
	}
}

func TestASecondReaderGetsEveryEvent(t *testing.T) {
	r := newRig(t, Containerd, "2.4.2", nil).start()
	a, b := r.read(), r.read()
	for range 10 {
		r.stimulate()
	}
	r.mark()
	if na, nb := len(upTo(a)), len(upTo(b)); na != 40 || nb != 40 {
		t.Errorf("readers saw %d and %d of 40", na, nb)
	}
}

// Two readers of a shared queue see all events together.
func TestASecondReaderOfASharedQueueStealsEvents(t *testing.T) {
	r := newRig(t, Containerd, "1.7.27", nil).start()
	a, b := r.read(), r.read()
	for range 10 {
		r.stimulate()
	}
	na, nb := 0, 0
	for na+nb < 40 {
		select {
		case <-a:
			na++
		case <-b:
			nb++
		}
	}
	if na == 0 || nb == 0 {
		t.Errorf("readers saw %d and %d of 40", na, nb)
	}
}

func TestTheFirstReaderGetsTheBacklog(t *testing.T) {
	r := newRig(t, Containerd, "2.4.2", nil).start()
	r.stimulate()
	ch := r.read()
	r.mark()
	if got := upTo(ch); !slices.Equal(got, []string{"created", "started", "stopped", "deleted"}) {
		t.Errorf("backlog is %v", got)
	}
}

// CRI-O ends its streams cleanly, containerd breaks them off.
func TestHowStreamsEnd(t *testing.T) {
	for _, c := range []struct {
		runtime, version string
		files            map[string]string
		want             cri.Kind
	}{
		{CRIO, "1.34.11", crioOn(), cri.KindEnded},
		{Containerd, "2.4.2", nil, cri.KindUnreachable},
	} {
		r := newRig(t, c.runtime, c.version, c.files).start()
		stream, err := r.client.Events(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for r.daemon.Readers() == 0 {
			time.Sleep(time.Millisecond)
		}
		go r.daemon.Stop()
		if _, err = stream.Recv(); cri.KindOf(err) != c.want {
			t.Errorf("%s: %v (%v)", c.runtime, cri.KindOf(err), err)
		}
		if _, err := r.client.Events(t.Context()); cri.KindOf(err) != cri.KindUnreachable {
			t.Errorf("%s: a stream after the end: %v", c.runtime, err)
		}
	}
}

func TestPodSandboxStatusOfCRIOHasATimestamp(t *testing.T) {
	for _, c := range []struct {
		runtime, version string
		files            map[string]string
		want             bool
	}{{CRIO, "1.34.11", crioOn(), true}, {CRIO, "1.34.11", nil, false}, {Containerd, "2.4.2", nil, false}} {
		r := newRig(t, c.runtime, c.version, c.files).start()
		id, err := r.client.RunSandbox(t.Context(), podNamed("x"))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := r.client.SandboxStatus(t.Context(), id); err != nil || (s.Timestamp != 0) != c.want {
			t.Errorf("%s %s: timestamp %d, %v", c.runtime, c.version, s.Timestamp, err)
		}
	}
}
