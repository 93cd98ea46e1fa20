package runtimesim

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/verify/known"
)

const pause = "registry.k8s.io/pause:3.10"

type rig struct {
	t      *testing.T
	opts   Options
	store  *Store
	daemon *Daemon
	client *cri.Client
}

func newRig(t *testing.T, name known.RuntimeName, version string, files map[string]string) *rig {
	t.Helper()
	root, err := os.MkdirTemp("", "rt")
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
	v, err := known.Parse(version)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, opts: Options{Name: name, Version: v, Root: root, Socket: "/run/sim.sock", PauseImage: pause, Second: 10 * time.Millisecond}}
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
	r.t.Cleanup(func() { d.Stop() })
	if r.client, err = cri.Dial(filepath.Join(r.opts.Root, r.opts.Socket)); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { r.client.Close() })
	return r
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// collect reads events until quiet for a moment.
func collect(t *testing.T, s *cri.Stream) <-chan cri.Event {
	t.Helper()
	ch := make(chan cri.Event, 10000)
	go func() {
		defer close(ch)
		for {
			e, err := s.Recv()
			if err != nil {
				return
			}
			ch <- e
		}
	}()
	return ch
}

func types(ch <-chan cri.Event, quiet time.Duration) []string {
	var list []string
	for {
		select {
		case e, ok := <-ch:
			if !ok {
				return list
			}
			list = append(list, e.Type)
		case <-time.After(quiet):
			return list
		}
	}
}

const eventsOn = "[crio.runtime]\nenable_pod_events = true\n"

func crioOn() map[string]string {
	return map[string]string{"etc/crio/crio.conf.d/99-on.conf": eventsOn}
}

func TestEventsOfOneSandbox(t *testing.T) {
	for _, c := range []struct {
		name    known.RuntimeName
		version string
		files   map[string]string
		want    string
	}{
		{known.Containerd, "2.4.2", nil, "created started stopped deleted"},
		{known.Containerd, "1.7.27", nil, "created started stopped deleted"},
		{known.CRIO, "1.34.11", crioOn(), "started stopped"},
		{known.CRIO, "1.27.3", crioOn(), "started stopped"},
	} {
		r := newRig(t, c.name, c.version, c.files).start()
		stream, err := r.client.Events(soon(t))
		if err != nil {
			t.Fatal(err)
		}
		ch := collect(t, stream)
		time.Sleep(20 * time.Millisecond)
		s, err := r.client.Stimulate(soon(t), time.Now)
		if err != nil {
			t.Fatalf("%s %s: %v", c.name, c.version, err)
		}
		if got := strings.Join(types(ch, 100*time.Millisecond), " "); got != c.want {
			t.Errorf("%s %s sent %q, want %q", c.name, c.version, got, c.want)
		}
		left, err := r.client.Sandboxes(soon(t), nil)
		if err != nil || len(left) != 0 {
			t.Errorf("%s %s: sandboxes left: %v, %v", c.name, c.version, left, err)
		}
		if s.UID == "" || s.SandboxID == "" || s.Removed.IsZero() {
			t.Errorf("stimulus says too little: %+v", s)
		}
	}
}

func TestStimulusCleansUpWhatACrashLeft(t *testing.T) {
	r := newRig(t, known.Containerd, "2.4.2", nil).start()
	srv := &server{d: r.daemon}
	one := &sandbox{id: newID(), created: time.Now()}
	one.config = labelled(cri.StimulusLabel)
	r.store.mu.Lock()
	r.store.sandboxes[one.id] = one
	other := &sandbox{id: newID(), created: time.Now(), config: labelled("somebody/else")}
	r.store.sandboxes[other.id] = other
	r.store.mu.Unlock()
	_ = srv
	s, err := r.client.Stimulate(soon(t), time.Now)
	if err != nil || s.Leftovers != 1 {
		t.Fatalf("leftovers %d, %v", s.Leftovers, err)
	}
	left, err := r.client.Sandboxes(soon(t), nil)
	if err != nil || len(left) != 1 || left[0].ID != other.id {
		t.Errorf("what was not ours was touched: %v, %v", left, err)
	}
}

func TestStimulusRefusesWithoutPauseImage(t *testing.T) {
	r := newRig(t, known.CRIO, "1.34.11", crioOn()).start()
	r.store.SetImages()
	if _, err := r.client.Stimulate(soon(t), time.Now); err == nil || !strings.Contains(err.Error(), "pause image") {
		t.Errorf("want a refusal that names the pause image, got %v", err)
	}
}

func TestVerdictsOfTheStream(t *testing.T) {
	for _, c := range []struct {
		name    known.RuntimeName
		version string
		files   map[string]string
		want    cri.Kind
	}{
		{known.Containerd, "1.6.5", nil, cri.KindNoMethod},
		{known.Containerd, "1.6.39", nil, cri.KindNoMethod},
		{known.Containerd, "2.4.2", map[string]string{"etc/containerd/config.toml": `disabled_plugins = ["cri"]`}, cri.KindNoService},
		{known.CRIO, "1.24.6", nil, cri.KindNoMethod},
		{known.CRIO, "1.25.0", nil, cri.KindEnded},
		{known.CRIO, "1.34.11", nil, cri.KindEnded},
		{known.CRIO, "1.27.0", nil, cri.KindEnded},
	} {
		r := newRig(t, c.name, c.version, c.files).start()
		stream, err := r.client.Events(soon(t))
		if err == nil {
			_, err = stream.Recv()
		}
		if got := cri.KindOf(err); got != c.want {
			t.Errorf("%s %s: %v, want %v (%v)", c.name, c.version, got, c.want, err)
		}
	}
}

func TestUnreachableAndPermission(t *testing.T) {
	r := newRig(t, known.CRIO, "1.34.11", nil)
	c, err := cri.Dial("unix://" + filepath.Join(r.opts.Root, "run/none.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Version(soon(t)); cri.KindOf(err) != cri.KindUnreachable {
		t.Errorf("missing socket: %v", err)
	}
	if _, err := c.RunningConfig(soon(t)); cri.KindOf(err) != cri.KindUnreachable {
		t.Errorf("missing socket over HTTP: %v", err)
	}
}

func TestAHungRuntimeTimesOut(t *testing.T) {
	r := newRig(t, known.Containerd, "2.4.2", nil).start()
	r.daemon.Hang()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.client.Version(ctx); cri.KindOf(err) != cri.KindTimeout {
		t.Errorf("want no answer in time, got %v", err)
	}
	r.daemon.Release()
	if _, err := r.client.Version(soon(t)); err != nil {
		t.Errorf("after the hang: %v", err)
	}
}

func TestCRIORefusesToStart(t *testing.T) {
	for text, want := range map[string]string{
		"[crio.runtime]\nenable_pod_events = \"true\"\n":           "incompatible types",
		"[crio.runtime]\nenable_pod_events: true\n":                "expected '.' or '='",
		"[crio.runtime]\nenable_pod_events = True\n":               "",
		"[crio.runtime]\n[crio.runtime]\n":                         "already been defined",
		"[crio.runtime]\nenable_pod_events = 1\n":                  "incompatible types",
		"[crio.runtime]\nenable_pod_events = true\nenable_pod_eve": "",
	} {
		r := newRig(t, known.CRIO, "1.34.11", map[string]string{"etc/crio/crio.conf.d/sub/00-bad.bak": text})
		d, err := Start(r.opts, r.store)
		if err == nil {
			d.Stop()
			t.Errorf("CRI-O started on %q", text)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCRIOEffectiveValue(t *testing.T) {
	on, off := eventsOn, "[crio.runtime]\nenable_pod_events = false\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		args  []string
		env   []string
		want  bool
	}{
		{"later file wins", map[string]string{"etc/crio/crio.conf": on, "etc/crio/crio.conf.d/10-a.conf": off}, nil, nil, false},
		{"any extension", map[string]string{"etc/crio/crio.conf.d/99-x.conf.bak": on}, nil, nil, true},
		{"lexical order", map[string]string{"etc/crio/crio.conf.d/100-a": on, "etc/crio/crio.conf.d/99-a": off}, nil, nil, false},
		{"wrong table", map[string]string{"etc/crio/crio.conf": "[crio]\nenable_pod_events = true\n"}, nil, nil, false},
		{"case does not matter", map[string]string{"etc/crio/crio.conf": "[CRIO.Runtime]\nEnable_Pod_Events = true\n"}, nil, nil, true},
		{"environment", crioOn(), nil, []string{"ENABLE_POD_EVENTS=false"}, false},
		{"flag beats environment", nil, []string{"--enable-pod-events"}, []string{"ENABLE_POD_EVENTS=false"}, true},
		{"flag off", crioOn(), []string{"--enable-pod-events=false"}, nil, false},
	} {
		r := newRig(t, known.CRIO, "1.34.11", c.files)
		r.opts.Args, r.opts.Env = c.args, c.env
		r.start()
		config, err := r.client.RunningConfig(soon(t))
		if err != nil || !config.Known || config.PodEvents != c.want {
			t.Errorf("%s: %v, %v, want %v", c.name, config.PodEvents, err, c.want)
		}
		status, err := r.client.Status(soon(t), true)
		if err != nil {
			t.Fatal(err)
		}
		if got, known := status.PodEvents(); !known || got != c.want {
			t.Errorf("%s: status shows %v, %v", c.name, got, known)
		}
	}
}

func TestContainerdRefusesToStart(t *testing.T) {
	for text, version := range map[string]string{
		"version = 2\ndisabled_plugins = [\"cri\"]\n": "1.7.27",
		"version = 3\n":               "1.7.27",
		"version = 4\n":               "2.2.0",
		"level = debug\n":             "2.4.2",
		"imports = [\"none.toml\"]\n": "2.4.2",
	} {
		r := newRig(t, known.Containerd, version, map[string]string{"etc/containerd/config.toml": text})
		if d, err := Start(r.opts, r.store); err == nil {
			d.Stop()
			t.Errorf("containerd %s started on %q", version, text)
		}
	}
}

func TestOpenEventStreams(t *testing.T) {
	r := newRig(t, known.CRIO, "1.34.11", crioOn()).start()
	count := func() int {
		n, err := r.client.OpenEventStreams(soon(t))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 0 {
		t.Errorf("%d streams before the first", n)
	}
	if _, err := r.client.Events(soon(t)); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(2 * time.Second)
	for count() != 1 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if n := count(); n != 1 {
		t.Errorf("%d streams, want 1", n)
	}
	old := newRig(t, known.CRIO, "1.31.4", crioOn()).start()
	if _, err := old.client.OpenEventStreams(soon(t)); cri.KindOf(err) != cri.KindNoMethod {
		t.Errorf("1.31 shows no goroutines: %v", err)
	}
	cd := newRig(t, known.Containerd, "2.4.2", nil).start()
	if _, err := cd.client.RunningConfig(soon(t)); err == nil {
		t.Error("containerd has no /config")
	}
}

func TestASecondReaderStealsOnlyFromASharedQueue(t *testing.T) {
	for version, each := range map[string]int{"1.7.27": 0, "2.4.2": 40} {
		r := newRig(t, known.Containerd, version, nil).start()
		var chans []<-chan cri.Event
		for range 2 {
			s, err := r.client.Events(soon(t))
			if err != nil {
				t.Fatal(err)
			}
			chans = append(chans, collect(t, s))
		}
		time.Sleep(50 * time.Millisecond)
		for range 10 {
			if _, err := r.client.Stimulate(soon(t), time.Now); err != nil {
				t.Fatal(err)
			}
		}
		a, b := len(types(chans[0], 100*time.Millisecond)), len(types(chans[1], 100*time.Millisecond))
		if each == 0 && a+b != 40 || each != 0 && (a != each || b != each) {
			t.Errorf("containerd %s: readers saw %d and %d of 40", version, a, b)
		}
	}
}

func TestTheFirstReaderGetsTheBacklog(t *testing.T) {
	r := newRig(t, known.Containerd, "2.4.2", nil).start()
	if _, err := r.client.Stimulate(soon(t), time.Now); err != nil {
		t.Fatal(err)
	}
	s, err := r.client.Events(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := types(collect(t, s), 100*time.Millisecond); !slices.Equal(got, []string{"created", "started", "stopped", "deleted"}) {
		t.Errorf("backlog is %v", got)
	}
}

func TestTimestamps(t *testing.T) {
	for _, c := range []struct {
		name       known.RuntimeName
		version    string
		files      map[string]string
		digits     int
		containers int
	}{
		{known.CRIO, "1.34.11", crioOn(), 19, 0},
		{known.CRIO, "1.34.11", nil, 1, 0},
		{known.CRIO, "1.28.4", crioOn(), 10, 0},
		{known.Containerd, "2.0.1", nil, 19, 0},
		{known.Containerd, "2.0.3", nil, 1, 0},
	} {
		r := newRig(t, c.name, c.version, c.files).start()
		id, err := r.client.RunSandbox(soon(t), labelled("x"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := r.client.SandboxStatus(soon(t), id)
		if err != nil {
			t.Fatal(err)
		}
		got := 1
		for n := s.Timestamp; n >= 10; n /= 10 {
			got++
		}
		if got != c.digits {
			t.Errorf("%s %s: timestamp %d", c.name, c.version, s.Timestamp)
		}
	}
}
