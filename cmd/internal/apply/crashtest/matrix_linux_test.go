package crashtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// TestCrash builds plegctl once and breaks it in every way. CRASHTEST=full does every
// cell, with the program as it is shipped; without it a sample is done.
func TestCrash(t *testing.T) {
	lab := newLab(t)
	t.Run("kill", func(t *testing.T) { killMatrix(t, lab) })
	t.Run("kill recover", func(t *testing.T) { killRecover(t, lab) })
	t.Run("power loss", func(t *testing.T) {
		for _, v := range lab.cases() {
			t.Run(v.name, func(t *testing.T) { lab.powerLoss(t, v) })
		}
	})
	t.Run("survival", func(t *testing.T) { survival(t, lab.breakable(t)) })
}

func full() bool { return os.Getenv("CRASHTEST") != "" }

// killMatrix kills plegctl at every call that changes a file, for each changing verb, and
// recovers.
func killMatrix(t *testing.T, lab *lab) {
	for _, c := range lab.cases() {
		t.Run(c.name, func(t *testing.T) {
			calls := lab.calls(t, c)
			step := 1
			if !full() {
				step = max(1, len(calls)/5)
			}
			cells := 0
			for k := 0; k < len(calls); k += step {
				lab.cell(t, c, k, calls[k])
				cells++
			}
			t.Logf("%s: %d calls that change files, %d cells", c.name, len(calls), cells)
		})
	}
}

// killRecover kills enable on its way, then the recovery at each of its own calls, and
// recovers again.
func killRecover(t *testing.T, lab *lab) {
	enable := lab.cases()[1]
	first := lab.calls(t, enable)
	every := 1
	if !full() {
		every = 8
	}
	cells := 0
	done := filepath.Join(t.TempDir(), "done")
	copyTree(t, enable.from, done)
	lab.plegctl(t, 0, done, enable.args...)
	old, finished := snapshot(t, enable.from), snapshot(t, done)
	for _, k := range []int{len(first) / 2, len(first) * 3 / 4, len(first) - 2} {
		broken := filepath.Join(t.TempDir(), "broken")
		copyTree(t, enable.from, broken)
		lab.kill(t, broken, enable, k)
		v := verb{name: "recover", from: broken, args: []string{"recover"}}
		calls := lab.calls(t, v)
		for j := 0; j < len(calls); j += every {
			root := filepath.Join(t.TempDir(), "node")
			copyTree(t, broken, root)
			lab.kill(t, root, v, j)
			lab.plegctl(t, 0, root, "recover")
			lab.judge(t, fmt.Sprintf("enable killed at call %d, recover at call %d (%s)", k, j, calls[j]), root, old, finished)
			cells++
		}
	}
	t.Logf("recover: %d cells", cells)
}

// lab holds the built program and the trees that the verbs start from.
type lab struct {
	program, broken string
	dir             string
	// plain is a node as plegctl finds it; enabled is the same after enable.
	plain, enabled string
}

// verb is one changing verb with the tree it starts from.
type verb struct {
	name, from string
	args       []string
}

func newLab(t *testing.T) *lab {
	t.Helper()
	// The image has no programs that could tell their versions.
	t.Setenv("PLEGCTL_KUBELET_VERSION", "1.36.3")
	t.Setenv("PLEGCTL_RUNTIME_VERSION", "1.34.11")
	l := &lab{dir: t.TempDir()}
	l.program = os.Getenv("CRASHTEST_PROGRAM")
	if l.program == "" && full() {
		l.program = l.build(t, "plegctl")
	}
	if l.program == "" {
		l.program = l.breakable(t)
	}
	l.plain = filepath.Join(l.dir, "plain")
	plainNode(t, l.plain)
	l.enabled = filepath.Join(l.dir, "enabled")
	copyTree(t, l.plain, l.enabled)
	l.plegctl(t, 0, l.enabled, "enable")
	return l
}

// breakable is the program with failpoints; one that breaks nothing unless it is told to.
func (l *lab) breakable(t *testing.T) string {
	t.Helper()
	if l.broken == "" {
		l.broken = l.build(t, "breakable", "-tags", "failpoint")
	}
	return l.broken
}

func (l *lab) build(t *testing.T, name string, flags ...string) string {
	t.Helper()
	program := filepath.Join(l.dir, name)
	build := exec.Command("go", append(append([]string{"build"}, flags...), "-o", program, "github.com/plegctl/plegctl")...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build plegctl: %v\n%s", err, out)
	}
	return program
}

func (l *lab) cases() []verb {
	return []verb{
		{name: "enable", from: l.plain, args: []string{"enable"}},
		{name: "enable by edit", from: l.plain, args: []string{"enable", "--method", "edit"}},
		{name: "enable and couple", from: l.plain, args: []string{"enable", "--couple", "--runtime-unit", "crio.service"}},
		{name: "disable", from: l.enabled, args: []string{"disable"}},
		{name: "rollback", from: l.enabled, args: []string{"rollback"}},
	}
}

// calls traces the verb once to its end, and learns what old and new look like.
func (l *lab) calls(t *testing.T, v verb) []call {
	t.Helper()
	root := filepath.Join(t.TempDir(), "node")
	copyTree(t, v.from, root)
	var calls []call
	code, err := l.trace(t, root, v, func(c call) fate {
		calls = append(calls, c)
		return fate{}
	}, nil)
	if errors.Is(err, errNoPtrace) {
		t.Skipf("SKIPPED, nothing was proven: %v", err)
	}
	if err != nil || code != 0 {
		t.Fatalf("%s: exit %d, %v", v.name, code, err)
	}
	if len(calls) == 0 {
		t.Fatalf("%s changed nothing", v.name)
	}
	return calls
}

func (l *lab) trace(t *testing.T, root string, v verb, enter func(call) fate, leave func(call)) (int, error) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	tr := &tracer{root: root, enter: enter, leave: leave, log: log, env: []string{"PLEGCTL_QUIET=true"}}
	code, err := tr.run(append([]string{l.program, "--root", root}, v.args...))
	if code > 0 {
		text, _ := os.ReadFile(log.Name())
		t.Logf("%s", text)
	}
	return code, err
}

// cell kills at the k-th call and recovers.
func (l *lab) cell(t *testing.T, v verb, k int, at call) {
	t.Helper()
	dir := t.TempDir()
	root, finished := filepath.Join(dir, "node"), filepath.Join(dir, "finished")
	copyTree(t, v.from, root)
	l.kill(t, root, v, k)
	copyTree(t, v.from, finished)
	l.plegctl(t, 0, finished, v.args...)
	l.plegctl(t, 0, root, "recover")
	l.judge(t, fmt.Sprintf("%s, killed at call %d (%s)", v.name, k, at), root, snapshot(t, v.from), snapshot(t, finished))
	if err := os.RemoveAll(dir); err != nil {
		t.Error(err)
	}
}

// kill runs the verb and kills it at its k-th call.
func (l *lab) kill(t *testing.T, root string, v verb, k int) {
	t.Helper()
	n := 0
	if code, err := l.trace(t, root, v, func(call) fate {
		if n++; n-1 == k {
			return fate{signal: syscall.SIGKILL}
		}
		return fate{}
	}, nil); err != nil || code != -1 {
		t.Fatalf("%s: exit %d, %v: was not killed at call %d", v.name, code, err, k)
	}
}

// judge holds a recovered node against old and new, and the record against the node.
func (l *lab) judge(t *testing.T, name, root, before, after string) {
	t.Helper()
	got := snapshot(t, root)
	if got != before && got != after {
		t.Errorf("%s: neither old nor new\nagainst old: %s\nagainst new: %s", name, cmp.Diff(before, got), cmp.Diff(after, got))
		return
	}
	var history struct {
		Changes []struct{ Goal, Outcome, UndoneBy string }
	}
	if err := json.Unmarshal([]byte(l.plegctl(t, 0, root, "history", "-o", "json")), &history); err != nil {
		t.Errorf("%s: history: %v", name, err)
		return
	}
	for _, c := range history.Changes {
		if c.Outcome != "committed" && c.Outcome != "rolled-back" {
			t.Errorf("%s: a transaction is %s after recover", name, c.Outcome)
		}
	}
	if before != after {
		committed := len(history.Changes) > 0 && history.Changes[0].Outcome == "committed"
		started := len(history.Changes) > l.startedWith(t, name)
		if (committed && started) != (got == after) {
			t.Errorf("%s: the record says committed=%v, the node is new=%v", name, committed && started, got == after)
		}
	}
	// A node that was recovered takes a change again.
	l.plegctl(t, 0, root, "plan")
}

// startedWith is how many transactions the tree had before.
func (l *lab) startedWith(_ *testing.T, name string) int {
	if strings.HasPrefix(name, "enable") {
		return 0
	}
	return 1
}

// plegctl runs the program and gives its stdout.
func (l *lab) plegctl(t *testing.T, want int, root string, args ...string) string {
	t.Helper()
	c := exec.Command(l.program, append([]string{"--root", root}, args...)...)
	var errs strings.Builder
	c.Env, c.Stderr = environ(), &errs
	out, err := c.Output()
	if code := c.ProcessState.ExitCode(); code != want {
		t.Fatalf("plegctl %s: exit %d, %v\n%s%s", strings.Join(args, " "), code, err, out, errs.String())
	}
	return string(out)
}

// plainNode is an image with an admin's commented files, odd modes, owners and attributes.
func plainNode(t *testing.T, root string) {
	t.Helper()
	files := map[string]string{
		"/var/lib/kubelet/config.yaml":        "# node 17, ask Anna\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates:\n  NodeSwap: true # needed\nstaticPodPath: /etc/kubernetes/manifests\n",
		"/var/lib/kubelet/kubeadm-flags.env":  "KUBELET_KUBEADM_ARGS=\"--container-runtime-endpoint=unix:///run/crio/crio.sock\"\n",
		"/etc/crio/crio.conf.d/10-crio.conf":  "[crio.runtime]\ndefault_runtime = \"crun\"\n# enable_pod_events = false\n",
		"/etc/systemd/system/kubelet.service": "[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml\n",
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		// What may not be set here cannot be lost either.
		_ = os.Chown(path, 123, 456)
		_ = unix.Setxattr(path, "user.note", []byte("keep me"), 0)
	}
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copy: %v %s", err, out)
	}
}

// snapshot is every name outside the state directory with content and metadata.
func snapshot(t *testing.T, root string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, root)
		if name == "/var/lib/plegctl" || name == "/run" {
			return filepath.SkipDir
		}
		var stat unix.Stat_t
		if err := unix.Lstat(path, &stat); err != nil {
			return err
		}
		note := make([]byte, 100)
		n, err := unix.Getxattr(path, "user.note", note)
		if err != nil {
			n = 0
		}
		fmt.Fprintf(&out, "%s %o %d:%d %q", name, stat.Mode, stat.Uid, stat.Gid, note[:n])
		if e.Type().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&out, " %q", data)
		}
		out.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}
