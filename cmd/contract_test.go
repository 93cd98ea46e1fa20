package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/settings"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/verify/report"
)

// contractCase is one call whose exit code scripts rely on. Each runs in every format on a
// node of its own, and must end with the same code in all of them.
type contractCase struct {
	name string
	sim  *simnode.Options
	// before are calls whose outcome does not matter; breaks makes something go wrong.
	before [][]string
	breaks func(*testing.T, *simnode.Node)
	fault  fault
	args   []string
	code   ExitCode
	// changed is what the JSON document must say.
	changed bool
}

func contractCases() []contractCase {
	on := true
	crio := &simnode.Options{Runtime: "cri-o"}
	works := &simnode.Options{Gate: &on}
	write := func(path, text string) func(*testing.T, *simnode.Node) {
		return func(t *testing.T, n *simnode.Node) {
			if err := n.WriteFile(path, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	enable := []string{"enable", "--settle", "100ms"}
	return []contractCase{
		{name: "version", args: []string{"version"}, code: ExitOK},
		{name: "explain", args: []string{"explain", "fell-back"}, code: ExitOK},
		{name: "explain unknown", args: []string{"explain", "nothing-like-it"}, code: ExitError},
		{name: "wrong flag", args: []string{"status", "--nonsense"}, code: ExitError},
		{name: "history, none", sim: crio, args: []string{"history"}, code: ExitOK},
		{name: "status, off", sim: crio, args: []string{"status"}, code: ExitOK},
		{name: "bundle", sim: crio, args: []string{"bundle"}, code: ExitOK},
		{name: "report missing", args: []string{"report", "/nonexistent/node.json"}, code: ExitError},
		{name: "preflight", sim: crio, args: []string{"preflight"}, code: ExitOK},
		{name: "preflight fails", sim: &simnode.Options{Runtime: "cri-o", Kubelet: "1.37.2"}, args: []string{"preflight"}, code: ExitFailed},
		{name: "plan", sim: crio, args: []string{"plan"}, code: ExitOK},
		{name: "plan pending", sim: crio, args: []string{"plan", "--exit-code"}, code: ExitPending},
		{name: "dry run pending", sim: crio, args: []string{"enable", "--dry-run", "--exit-code"}, code: ExitPending},
		{name: "enable", sim: crio, args: enable, code: ExitOK, changed: true},
		{name: "enable again", sim: crio, before: [][]string{enable}, args: enable, code: ExitOK},
		{name: "enable refused", sim: &simnode.Options{Runtime: "cri-o", Kubelet: "1.37.2"}, args: enable, code: ExitFailed},
		{name: "enable rolls back", sim: crio, fault: kubeletCrashes, args: enable, code: ExitRollbackFailed, changed: true},
		{name: "rollback", sim: crio, before: [][]string{enable}, args: []string{"rollback", "--settle", "100ms"}, code: ExitOK, changed: true},
		{name: "rollback, nothing", sim: crio, args: []string{"rollback"}, code: ExitOK},
		{name: "rollback, drift", sim: crio, before: [][]string{enable}, breaks: write("/var/lib/kubelet/config.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"), args: []string{"rollback"}, code: ExitRefused},
		{name: "disable", sim: works, args: []string{"disable", "--settle", "100ms"}, code: ExitOK, changed: true},
		{name: "recover, nothing", sim: crio, args: []string{"recover"}, code: ExitOK},
		{name: "confirm, nothing", sim: crio, args: []string{"confirm"}, code: ExitError},
		{name: "verify works", sim: works, args: []string{"verify", "--wait", "2m"}, code: ExitOK},
		{name: "verify off", sim: crio, args: []string{"verify", "--wait", "0s"}, code: ExitFailed},
		{name: "verify inconclusive", sim: &simnode.Options{Gate: &on, Access: simnode.AccessForbidden}, fault: journalUnreadable, args: []string{"verify", "--wait", "0s"}, code: ExitInconclusive},
		{name: "logs inconclusive", args: []string{"logs", "--file", os.DevNull}, code: ExitInconclusive},
		{name: "logs missing", args: []string{"logs", "--file", "/nonexistent/kubelet.log"}, code: ExitError},
		{name: "measure", sim: works, args: []string{"measure", "--for", "200ms"}, code: ExitOK},
		{name: "measure without metrics", sim: &simnode.Options{Access: simnode.AccessForbidden}, args: []string{"measure", "--for", "200ms"}, code: ExitInconclusive},
	}
}

func TestExitCodesAreTheSameInEveryFormat(t *testing.T) {
	for _, c := range contractCases() {
		for _, format := range []string{"text", "short", "json", "junit"} {
			if !slices.Contains(report.FormatsOf(c.args[0]), format) {
				continue
			}
			t.Run(c.name+"/"+format, func(t *testing.T) {
				t.Parallel()
				checkContract(t, c, format)
			})
		}
	}
}

func checkContract(t *testing.T, c contractCase, format string) {
	t.Helper()
	var host *node.Host
	var sim *simnode.Node
	if c.sim != nil {
		sim = simNode(t, *c.sim)
		host = sim.Host()
	}
	run := func(args []string) (ExitCode, string, string) {
		var out, errs bytes.Buffer
		code := Main(context.Background(), args, testDeps(host, &out, &errs, func(string) string { return "" }))
		return code, out.String(), errs.String()
	}
	for _, args := range c.before {
		if code, out, errs := run(args); code != ExitOK {
			t.Fatalf("plegctl %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
		}
	}
	if c.breaks != nil {
		c.breaks(t, sim)
	}
	if c.fault != "" {
		broken := &faults{}
		t.Cleanup(func() { _ = broken.set(sim, c.fault, false) })
		if err := broken.set(sim, c.fault, true); err != nil {
			t.Fatal(err)
		}
		host = broken.host(sim)
	}
	code, out, errs := run(append(c.args[:len(c.args):len(c.args)], "-o", format))
	if code != c.code {
		t.Fatalf("exit %d, want %d\nstdout:\n%s\nstderr:\n%s", code, c.code, out, errs)
	}
	switch {
	case code == ExitError && !strings.Contains(errs, "plegctl: error: "):
		t.Errorf("no error on stderr:\n%s", errs)
	case strings.ContainsRune(out, '\x1b'):
		t.Errorf("colour where stdout is no terminal:\n%s", out)
	case format == "short" && strings.Count(out, "\n") > 1:
		t.Errorf("short is more than one line:\n%s", out)
	case format == "json":
		checkEnvelope(t, out, c)
	case format == "junit":
		checkXML(t, out)
	}
}

func checkEnvelope(t *testing.T, out string, c contractCase) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(out))
	var doc map[string]any
	if err := decoder.Decode(&doc); err != nil {
		t.Fatalf("stdout is no JSON object: %v\n%s", err, out)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		t.Errorf("more than one document:\n%s", out)
	}
	validJSON(t, []byte(out))
	if doc["apiVersion"] != report.APIVersion || doc["kind"] == "" || doc["exitCode"] != float64(c.code) || doc["changed"] != c.changed {
		t.Errorf("envelope is apiVersion %v, kind %v, exitCode %v, changed %v\n%s", doc["apiVersion"], doc["kind"], doc["exitCode"], doc["changed"], out)
	}
}

func checkXML(t *testing.T, out string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(out))
	for elements := 0; ; elements++ {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) && elements > 1 {
			return
		}
		if err != nil {
			t.Fatalf("stdout is no XML: %v\n%s", err, out)
		}
	}
}

// Every verb must take part in the contract above; demo and the streams have tests of
// their own.
func TestEveryVerbHasAContract(t *testing.T) {
	covered := map[string]bool{"demo": true, "probe": true, "completion": true, "help": true, "couple": true, "uncouple": true}
	for _, c := range contractCases() {
		covered[c.args[0]] = true
	}
	root := newRootCommand(testDeps(nil, io.Discard, io.Discard, func(string) string { return "" }))
	for _, verb := range root.Commands() {
		if !covered[verb.Name()] && !verb.Hidden {
			t.Errorf("%s has no case in contractCases", verb.Name())
		}
	}
}

// Help must work with nothing there: no root, no D-Bus, no directory to write.
func TestHelpTouchesNothing(t *testing.T) {
	deps := func(out io.Writer) *Deps {
		d := testDeps(nil, out, io.Discard, func(string) string { return "" })
		d.Host = func(context.Context, settings.Settings) (*node.Host, error) {
			t.Error("help reached for the node")
			return nil, errors.New("no node")
		}
		return d
	}
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		args := append(strings.Fields(c.CommandPath())[1:], "--help")
		var out bytes.Buffer
		if code := Main(context.Background(), args, deps(&out)); code != 0 || out.Len() == 0 {
			t.Errorf("plegctl %s: exit %d, %d bytes", strings.Join(args, " "), code, out.Len())
		}
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: its short text is %q", c.CommandPath(), c.Short)
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(newRootCommand(deps(io.Discard)))
}

// A root that is not there, or no directory, is told as such, and nothing is made.
func TestBadRoot(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{filepath.Join(dir, "missing"), file} {
		for _, verb := range []string{"status", "plan", "enable", "rollback", "preflight"} {
			var out, errs bytes.Buffer
			code := Main(context.Background(), []string{verb, "--root", root}, testDeps(nil, &out, &errs, func(string) string { return "" }))
			if code != ExitError || !strings.Contains(errs.String(), root) || out.Len() > 0 {
				t.Errorf("%s --root %s: exit %d\n%s%s", verb, root, code, out.String(), errs.String())
			}
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("something was made in %s: %v", dir, entries)
	}
}

// A format that a verb does not have is refused before the node is touched.
func TestFormatsAreCheckedFirst(t *testing.T) {
	root := newRootCommand(testDeps(nil, io.Discard, io.Discard, func(string) string { return "" }))
	for _, verb := range root.Commands() {
		for _, f := range append(report.Formats(), report.Format{Name: "yaml"}) {
			if verb.Hidden || verb.Name() == "help" || verb.Name() == "completion" || f.Name != "yaml" && f.Supports(verb.Name()) {
				continue
			}
			var out, errs bytes.Buffer
			deps := testDeps(nil, &out, &errs, func(string) string { return "" })
			deps.Host = func(context.Context, settings.Settings) (*node.Host, error) {
				t.Errorf("%s -o %s reached for the node", verb.Name(), f.Name)
				return nil, errors.New("no node")
			}
			if code := Main(context.Background(), []string{verb.Name(), "-o", f.Name}, deps); code != ExitError || !strings.Contains(errs.String(), "has no output format") {
				t.Errorf("%s -o %s: exit %d\n%s%s", verb.Name(), f.Name, code, out.String(), errs.String())
			}
		}
	}
}
