package systemd

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	service = "org.freedesktop.systemd1"
	manager = "org.freedesktop.systemd1.Manager"
	root    = dbus.ObjectPath("/org/freedesktop/systemd1")
)

// bus is a bus daemon of the test's own.
type bus struct {
	address string
	cmd     *exec.Cmd
}

func startBus(t *testing.T) *bus {
	t.Helper()
	dir, err := os.MkdirTemp("", "bus") // t.TempDir is too long a path for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	b := &bus{address: "unix:path=" + dir + "/bus"}
	b.start(t)
	return b
}

func (b *bus) start(t *testing.T) {
	t.Helper()
	program, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("SKIPPED: dbus-daemon is not installed (package dbus-daemon), so nothing of D-Bus was tested")
	}
	config := t.TempDir() + "/bus.conf"
	text := `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>` + b.address + `</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
<allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/><allow receive_type="method_call"/>
<allow receive_type="signal"/><allow receive_type="method_return"/><allow receive_type="error"/></policy></busconfig>`
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b.cmd = exec.Command(program, "--config-file="+config, "--nofork", "--nopidfile", "--nosyslog", "--print-address")
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.stop)
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
}

func (b *bus) stop() {
	if b.cmd != nil {
		_ = b.cmd.Process.Kill()
		_ = b.cmd.Wait()
		b.cmd = nil
	}
}

// fake is a systemd of one's own making on a bus.
type fake struct {
	t    *testing.T
	conn *dbus.Conn

	mu    sync.Mutex
	units map[string]map[string]any
	jobs  map[uint32]string
	next  uint32
	calls []string
	// asked are the properties of transient units.
	asked map[string]map[string]dbus.Variant
	// on does a verb to a unit and gives the job's result; "" means that the job hangs, and
	// "lost" that it ends without a signal.
	on func(verb, unit string) string
	// fail refuses calls by method name.
	fail map[string]*dbus.Error
	// looks counts down the looks at units; at 0, late happens.
	looks int
	late  func()
}

// atLook makes something happen before the nth look at a unit from now on. Called with the
// fake locked.
func (f *fake) atLook(n int, late func()) { f.looks, f.late = n, late }

func startFake(t *testing.T, b *bus) *fake {
	t.Helper()
	f := &fake{t: t, units: map[string]map[string]any{}, jobs: map[uint32]string{}, asked: map[string]map[string]dbus.Variant{}, fail: map[string]*dbus.Error{}}
	f.on = f.well
	f.join(b)
	return f
}

func (f *fake) join(b *bus) {
	f.t.Helper()
	var err error
	f.conn, err = dbus.Connect(b.address)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { f.conn.Close() })
	for _, export := range []error{
		f.conn.ExportMethodTable(map[string]any{
			"StartUnit": f.verb("start"), "StopUnit": f.verb("stop"), "RestartUnit": f.verb("restart"), "ListJobs": f.listJobs,
			"Reload": f.reload, "StartTransientUnit": f.transient, "ResetFailedUnit": f.resetFailed,
		}, root, manager),
		f.conn.ExportMethodTable(map[string]any{"Get": f.get}, root, "org.freedesktop.DBus.Properties"),
		f.conn.ExportSubtreeMethodTable(map[string]any{"GetAll": f.getAll}, root+"/unit", "org.freedesktop.DBus.Properties"),
	} {
		if export != nil {
			f.t.Fatal(export)
		}
	}
	if reply, err := f.conn.RequestName(service, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		f.t.Fatal(reply, err)
	}
}

func (f *fake) called(what string) *dbus.Error {
	f.calls = append(f.calls, what)
	method, _, _ := strings.Cut(what, " ")
	return f.fail[method]
}

func (f *fake) get(string, string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant("running"), nil
}

func (f *fake) reload() *dbus.Error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, u := range f.units {
		u["NeedDaemonReload"] = false
	}
	return f.called("Reload")
}

func (f *fake) resetFailed(name string) *dbus.Error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if u := f.units[name]; u != nil && u["ActiveState"] == "failed" {
		delete(f.units, name)
	}
	return f.called("ResetFailedUnit " + name)
}

func (f *fake) getAll(m dbus.Message, _ string) (map[string]dbus.Variant, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path, _ := m.Headers[dbus.FieldPath].Value().(dbus.ObjectPath)
	name := unescape(strings.TrimPrefix(string(path), string(root)+"/unit/"))
	if err := f.fail["GetAll"]; err != nil {
		return nil, err
	}
	if f.looks--; f.looks == 0 && f.late != nil {
		f.late()
	}
	out := map[string]dbus.Variant{}
	u, ok := f.units[name]
	if !ok {
		u = map[string]any{"Id": name, "LoadState": "not-found", "ActiveState": "inactive", "SubState": "dead"}
	}
	for k, v := range u {
		out[k] = dbus.MakeVariant(v)
	}
	return out, nil
}

func unescape(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		var c int
		if s[i] == '_' {
			if n, _ := fmt.Sscanf(s[i+1:i+3], "%02x", &c); n == 1 {
				out.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

func (f *fake) listJobs() ([]jobRow, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rows := []jobRow{}
	for id, unit := range f.jobs {
		rows = append(rows, jobRow{id, unit, "start", "running", jobPath(id), root})
	}
	return rows, nil
}

type jobRow struct {
	ID                uint32
	Unit, Type, State string
	Job, Path         dbus.ObjectPath
}

func jobPath(id uint32) dbus.ObjectPath { return dbus.ObjectPath(fmt.Sprint(root, "/job/", id)) }

func (f *fake) verb(verb string) func(name, mode string) (dbus.ObjectPath, *dbus.Error) {
	return func(name, mode string) (dbus.ObjectPath, *dbus.Error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if err := f.called(strings.ToUpper(verb[:1]) + verb[1:] + "Unit " + name + " " + mode); err != nil {
			return "", err
		}
		return f.queue(verb, name), nil
	}
}

// queue makes a job that ends a moment later, as real ones do.
func (f *fake) queue(verb, name string) dbus.ObjectPath {
	f.next++
	id := f.next
	f.jobs[id] = name
	conn := f.conn
	time.AfterFunc(20*time.Millisecond, func() {
		f.mu.Lock()
		result := f.on(verb, name)
		if result != "" {
			delete(f.jobs, id)
		}
		f.mu.Unlock()
		if result != "" && result != "lost" {
			_ = conn.Emit(root, manager+".JobRemoved", id, jobPath(id), name, result)
		}
	})
	return jobPath(id)
}

func (f *fake) refuse(what string, err *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail[what] = err
}

func (f *fake) behave(on func() string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on = func(string, string) string { return on() }
}

// well does to a unit what a sound systemd does.
func (f *fake) well(verb, name string) string {
	u := f.units[name]
	if verb != "start" {
		u["ActiveState"], u["SubState"], u["MainPID"] = "inactive", "dead", uint32(0)
	}
	if verb != "stop" && u["ActiveState"] != "active" {
		f.run(u)
	}
	return "done"
}

// run gives a unit a new run.
func (f *fake) run(u map[string]any) {
	f.next++
	u["ActiveState"], u["SubState"], u["MainPID"] = "active", "running", 1000+f.next
	u["InvocationID"] = []byte(fmt.Sprintf("%016d", f.next))
	now := uint64(time.Now().UnixMicro())
	u["ActiveEnterTimestamp"], u["ExecMainStartTimestamp"] = now, now
}

// add makes a unit that is up.
func (f *fake) add(name string) map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	u := map[string]any{
		"Id": name, "LoadState": "loaded", "UnitFileState": "enabled", "Type": "simple", "Restart": "always", "RestartUSec": uint64(10e6),
		"FragmentPath": "/lib/systemd/system/" + name, "DropInPaths": []string{"/etc/systemd/system/" + name + ".d/10-x.conf"},
		"NRestarts": uint32(0), "Result": "success", "NeedDaemonReload": false,
		"TimeoutStartUSec": ^uint64(0), "TimeoutStopUSec": uint64(90e6), "ControlGroup": "/system.slice/" + name,
		"ExecMainCode": int32(0), "ExecMainStatus": int32(0),
		"ExecStart": []execRow{{
			"/usr/bin/kubelet",
			[]string{"kubelet", "--config=/var/lib/kubelet/config.yaml", "$KUBELET_EXTRA_ARGS"},
			false, 0, 0, 0, 0, 0, 0, 0,
		}},
		"Environment":      []string{"A=1"},
		"EnvironmentFiles": []envRow{{"/var/lib/kubelet/kubeadm-flags.env", true}, {"/etc/default/kubelet", false}},
		"Job":              idRow{0, "/"},
	}
	f.run(u)
	f.units[name] = u
	return u
}

type execRow struct {
	Path           string
	Args           []string
	Ignore         bool
	T1, T2, T3, T4 uint64
	PID            uint32
	Code, Status   int32
}
type envRow struct {
	Path     string
	Optional bool
}
type idRow struct {
	ID   uint32
	Path dbus.ObjectPath
}

func (f *fake) unit(name string) map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.units[name]
}

func (f *fake) wanted(name string) map[string]dbus.Variant {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.asked[name])
}

func (f *fake) set(u map[string]any, pairs ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := 0; i < len(pairs); i += 2 {
		u[pairs[i].(string)] = pairs[i+1]
	}
}

func (f *fake) seen() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.calls, ", ")
}

type property struct {
	Name  string
	Value dbus.Variant
}

func (f *fake) transient(name, mode string, props []property, aux []struct {
	Name  string
	Props []property
},
) (dbus.ObjectPath, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.called("StartTransientUnit " + name + " " + mode); err != nil {
		return "", err
	}
	for _, a := range aux {
		if f.units[name] != nil || f.units[a.Name] != nil {
			return "", &dbus.Error{Name: "org.freedesktop.systemd1.UnitExists"}
		}
	}
	timer := map[string]any{"Id": name, "LoadState": "loaded", "ActiveState": "inactive", "SubState": "dead"}
	f.asked[name] = map[string]dbus.Variant{}
	for _, p := range props {
		if err := f.fail["property "+p.Name]; err != nil {
			return "", err
		}
		f.asked[name][p.Name] = p.Value
	}
	f.units[name] = timer
	for _, a := range aux {
		f.units[a.Name] = map[string]any{"Id": a.Name, "LoadState": "loaded", "ActiveState": "inactive", "SubState": "dead"}
		f.asked[a.Name] = map[string]dbus.Variant{}
		for _, p := range a.Props {
			f.asked[a.Name][p.Name] = p.Value
		}
	}
	timer["ActiveState"], timer["SubState"] = "active", "waiting"
	f.next++
	f.jobs[f.next] = name
	id, conn := f.next, f.conn
	time.AfterFunc(10*time.Millisecond, func() {
		f.mu.Lock()
		delete(f.jobs, id)
		f.mu.Unlock()
		_ = conn.Emit(root, manager+".JobRemoved", id, jobPath(id), name, "done")
	})
	return jobPath(id), nil
}
