package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the goldens anew")
	flag.Parse()
	os.Exit(m.Run())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got), run with -update and look at the change:\n%s", name, diff)
	}
}

func at() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// nodes are made-up observations, one for each look that a report can have.
func nodes() map[string]verify.Facts {
	v, _ := known.Parse("1.34.11")
	works := verify.Facts{At: at()}
	works.Node.Hostname = verify.Seen("worker-3", "hostname")
	works.Node.StaticPods = verify.Seen([]string(nil), "/etc/kubernetes/manifests")
	works.Kubelet = verify.Kubelet{
		Unit:          verify.Seen(verify.Unit{Name: "kubelet.service", Load: "loaded", Active: "active", Sub: "running", MainPID: 812}, "systemd"),
		Process:       verify.Seen(verify.Process{PID: 812, Start: at().Add(-time.Hour)}, "process 812"),
		Version:       verify.Seen(known.V(1, 36, 3), "kubelet /metrics"),
		Gate:          source.Set(true, source.At(source.ConfigFile, "/var/lib/kubelet/config.yaml", 9, 3)),
		Running:       []verify.Fact[bool]{verify.Seen(true, "kubelet /configz by --token-file t")},
		Metrics:       verify.Seen(verify.Metrics{At: at(), HasPLEG: true, Successes: 1, Events: 23}, "kubelet /metrics by --token-file t"),
		Healthz:       verify.Seen("ok", "healthz on port 10248"),
		AccessMethods: []verify.AccessMethod{{Name: "--token-file t", Endpoint: "/metrics", OK: true}},
	}
	works.Runtime = verify.Runtime{
		Endpoint: verify.Seen("unix:///run/crio/crio.sock", "config"), Answers: verify.Seen(true, "CRI Version"),
		Name: verify.Seen(known.CRIO, "CRI Version"), Version: verify.Seen(v, "CRI Version"),
		Unit:          verify.Seen(verify.Unit{Name: "crio.service", Load: "loaded", Active: "active", Sub: "running", MainPID: 700}, "systemd"),
		Process:       verify.Seen(verify.Process{PID: 700, Start: at().Add(-2 * time.Hour)}, "process 700"),
		Files:         verify.Seen([]source.File{{Path: "/etc/crio/crio.conf.d/99-plegctl.conf"}}, "files of CRI-O"),
		RunningEvents: []verify.Fact[bool]{verify.Seen(true, "/config on CRI-O's socket")},
		Mentions: []source.Mention{
			{At: source.At(source.ConfigFile, "/etc/crio/crio.conf.d/10-crio.conf", 4, 3), Why: "it is commented out"},
			{At: source.At(source.ConfigFile, "/etc/crio/crio.conf.d/99-plegctl.conf", 2, 1), Counts: true},
		},
		Events: source.Setting[bool]{
			Assignment: source.Assignment[bool]{Value: true, At: source.At(source.DropIn, "/etc/crio/crio.conf.d/99-plegctl.conf", 2, 1)},
			Overridden: []source.Assignment[bool]{{At: source.At(source.DropIn, "/etc/crio/crio.conf.d/10-old.conf", 4, 1)}},
			Known:      true,
		},
	}
	works.Own.Last = &verify.Transaction{ID: "000001-enable", Command: "enable", State: "committed", At: at()}

	fell := works
	fell.Kubelet.Metrics.Value.Errors = 5
	fell.Runtime.Process.Value.Start = at().Add(-time.Minute)
	fell.Kubelet.Log = verify.Seen(&logscan.Run{StartSeen: true, Errors: logscan.StreamErrors{Count: 5, Last: logscan.Finding{Time: at().Add(-time.Minute)}}, FellBack: &logscan.FellBack{At: at().Add(-time.Minute)}}, "journal")

	dark := works
	dark.Kubelet.Metrics = verify.Unseen[verify.Metrics]("/etc/kubernetes/admin.conf: 403 Forbidden", "give a credential that may read them: --kubeconfig FILE or --token-file FILE")
	dark.Kubelet.Running = []verify.Fact[bool]{verify.Seen(true, "log, set")}
	dark.Kubelet.AccessMethods = []verify.AccessMethod{{Name: "/etc/kubernetes/admin.conf", Endpoint: "/metrics", Why: "403 Forbidden"}}
	dark.Kubelet.Log = verify.Unseen[*logscan.Run]("permission denied", "run as root")
	dark.Own.Problem = "permission denied"

	hostile := works
	hostile.Node.Hostname.Value = "a\x1b[31mred\u202e"
	hostile.Kubelet.Gate.At = source.Position{Kind: source.ConfigFile, Path: "/etc/\x07bell.yaml:1\nforged line"}

	broken := works
	broken.Offline = true
	broken.Kubelet.Unit, broken.Kubelet.Process = verify.Unseen[verify.Unit]("offline", ""), verify.Unseen[verify.Process]("offline", "")
	broken.Kubelet.Metrics, broken.Kubelet.Running = verify.Unseen[verify.Metrics]("offline", ""), nil
	broken.Runtime.RunningEvents = nil
	broken.Runtime.Problems = []source.Problem{{
		Code: "CRIO-CONF-SYNTAX", Effect: source.Fatal, At: source.At(source.DropIn, "/etc/crio/crio.conf.d/99-x.conf", 2, 18),
		Message: "expected '.' or '=', but got ':' instead", Hint: "write enable_pod_events = true",
	}}
	broken.Runtime.Events = source.Unknown[bool]("/etc/crio/crio.conf.d/99-x.conf:2:18: expected '.' or '='", "")
	return map[string]verify.Facts{"works": works, "fell-back": fell, "inconclusive": dark, "hostile": hostile, "image": broken, "nothing": {At: at()}}
}

// TestGoldens holds every form of every node against testdata/NODE.txtar.
func TestGoldens(t *testing.T) {
	for name, facts := range nodes() {
		v := verify.Judge(facts)
		status := StatusDocument(facts, v, "node-1")
		verified := VerifyDocument(facts, v, "node-1", verify.RungConnected, 0)
		t.Run(name, func(t *testing.T) {
			forms(t, name, []form{
				{"status", "text", status, Style{UTF8: true}},
				{"status -v", "text", status, Style{UTF8: true, Verbose: true}},
				{"status", "short", status, Style{}},
				{"status", "json", status, Style{}},
				{"status", "nagios", status, Style{}},
				{"verify", "text", verified, Style{}},
				{"verify", "junit", verified, Style{}},
			})
		})
	}
}

// TestCheckGoldens holds a report with every kind of result in every form. The checks are
// made up, so that a new check changes nothing here.
func TestCheckGoldens(t *testing.T) {
	doc := PreflightDocument(nodes()["works"], someChecks(), "node-1", false)
	forms(t, "preflight", []form{
		{"preflight", "text", doc, Style{UTF8: true}},
		{"preflight LANG=C", "text", doc, Style{}},
		{"preflight -v", "text", doc, Style{UTF8: true, Verbose: true}},
		{"preflight", "short", doc, Style{}},
		{"preflight", "json", doc, Style{}},
		{"preflight", "junit", doc, Style{}},
		{"preflight", "sarif", doc, Style{}},
	})
}

func someChecks() verify.Report {
	return verify.Report{Left: 1, Results: []verify.Result{
		{Code: "PLEG-X-PASS", Title: "the kubelet can be asked", Level: verify.Required, Status: verify.Pass, Expected: "an answer", Found: "ok, port 10248"},
		{
			Code: "PLEG-X-FAIL", Title: "the runtime's files can be parsed", Level: verify.Required, Status: verify.Fail, Expected: "TOML that the runtime accepts",
			Found: "log_level is a number", From: "/etc/crio/crio.conf.d/50 mine#1.conf:2:13", At: source.At(source.DropIn, "/etc/crio/crio.conf.d/50 mine#1.conf", 2, 13), Hint: "fix that line, then run preflight again",
			More: []source.Problem{{Effect: source.Suspect, Message: "a second one", At: source.At(source.ConfigFile, "/etc/crio/crio.conf", 7, 1)}},
		},
		{Code: "PLEG-X-RISK", Title: "the node is drained", Level: verify.Required, Status: verify.Fail, Expected: "no pods", Found: "2 pods run: default/web-5f7c, default/db-0", Hint: "kubectl drain worker-3 --ignore-daemonsets", Risk: "not-drained"},
		{Code: "PLEG-X-ADVISE", Title: "the clock is synchronised", Level: verify.Advisory, Status: verify.Fail, Expected: "synchronised", Found: "it is not", Hint: "start chrony"},
		{Code: "PLEG-X-UNKNOWN", Title: "the journal can be read", Level: verify.Required, Status: verify.NotSeen, Expected: "entries", Found: "permission denied", Hint: "run as root"},
		{Code: "PLEG-X-SKIP", Title: "containerd's CRI plugin is on", Level: verify.Required, Status: verify.Skip, Expected: "on", Found: "the runtime is CRI-O"},
	}}
}

// form is one document in one format.
type form struct {
	name, format string
	doc          Document
	style        Style
}

func forms(t *testing.T, file string, all []form) {
	t.Helper()
	var archive txtar.Archive
	for _, f := range all {
		f.doc.Version, f.doc.At, f.doc.Took = "1.0.0", at(), 1234*time.Millisecond
		var out bytes.Buffer
		if err := Render(&out, f.format, f.doc, f.style); err != nil {
			t.Fatal(err)
		}
		harmless(t, out.String(), f.format == "text")
		wellFormed(t, f.format, out.Bytes())
		archive.Files = append(archive.Files, txtar.File{Name: f.name + " -o " + f.format, Data: out.Bytes()})
	}
	golden(t, file+".txtar", txtar.Format(&archive))
}

// harmless: no control character reaches a terminal, and text for people keeps to 80
// columns where its words allow it.
func harmless(t *testing.T, s string, wrapped bool) {
	t.Helper()
	for i, line := range strings.Split(s, "\n") {
		for _, r := range line {
			if r < 0x20 || r == 0x7f || r == '\u202e' {
				t.Errorf("line %d holds %q", i+1, r)
			}
		}
		if wrapped && utf8.RuneCountInString(line) > 80 && strings.Contains(strings.TrimSpace(line), " ") && !strings.Contains(line, "/") {
			t.Errorf("line %d has %d columns: %s", i+1, utf8.RuneCountInString(line), line)
		}
	}
}

func wellFormed(t *testing.T, format string, doc []byte) {
	t.Helper()
	var err error
	switch format {
	case "junit":
		err = xml.Unmarshal(doc, new(junitSuite))
	case "sarif", "json":
		err = json.Unmarshal(doc, new(any))
	}
	if err != nil {
		t.Errorf("not well-formed: %v", err)
	}
}

// Exactly one state is 1, whatever the node.
func TestTextfileNamesOneState(t *testing.T) {
	for name, facts := range nodes() {
		var out bytes.Buffer
		if err := Textfile(&out, facts, verify.Judge(facts)); err != nil {
			t.Fatal(err)
		}
		parser := expfmt.NewTextParser(model.UTF8Validation)
		if _, err := parser.TextToMetricFamilies(bytes.NewReader(out.Bytes())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		states := 0
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(line, "plegctl_state{") && strings.HasSuffix(line, " 1\n") {
				states++
			}
		}
		if states != 1 {
			t.Errorf("%s: %d states are 1", name, states)
		}
	}
}

// A failed rollback and a change that a crash interrupted are seen in the metrics, whatever
// the state; a change that is at work is neither.
func TestTextfileShowsWhatNeedsAPerson(t *testing.T) {
	failed, interrupted := nodes()["works"], nodes()["works"]
	failed.Own.Last = &verify.Transaction{ID: "000001-enable", State: verify.StateFailed}
	interrupted.Own.Open = &verify.Transaction{ID: "000002-enable"}
	atWork := interrupted
	atWork.Own.LockHolder = verify.Seen("process 7", "lock")
	for name, c := range map[string]struct {
		facts verify.Facts
		want  string
	}{
		"failed":      {failed, `{urgent="true"} 1`},
		"interrupted": {interrupted, `{urgent="true"} 1`},
		"at work":     {atWork, `{urgent="true"} 0`},
	} {
		var out bytes.Buffer
		if err := Textfile(&out, c.facts, verify.Judge(c.facts)); err != nil || !strings.Contains(out.String(), "plegctl_attention"+c.want+"\n") {
			t.Errorf("%s: %v\n%s", name, err, out.String())
		}
	}
}

// A run in which nothing was checked is red in every form.
func TestNoCheckIsNoSuccess(t *testing.T) {
	r := verify.Run(nil, verify.Facts{}, verify.Selection{})
	if r.Outcome(false) != verify.Missed {
		t.Error("no check ran, and the outcome is not missed")
	}
	var out bytes.Buffer
	if err := Render(&out, "junit", PreflightDocument(verify.Facts{}, r, "node-1", false), Style{}); err != nil || !strings.Contains(out.String(), `failures="1"`) {
		t.Errorf("%v\n%s", err, out.String())
	}
	if s := summary(r); !strings.Contains(s, "proves nothing") {
		t.Error(s)
	}
}

func TestColourOnlyWhereWanted(t *testing.T) {
	facts := nodes()["fell-back"]
	var plain, coloured bytes.Buffer
	if err := statusText(&plain, facts, verify.Judge(facts), "node-1", Style{UTF8: true, Verbose: true}); err != nil {
		t.Fatal(err)
	}
	if err := statusText(&coloured, facts, verify.Judge(facts), "node-1", Style{UTF8: true, Verbose: true, Color: true}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b") || !strings.Contains(coloured.String(), "\x1b[") {
		t.Error("colour is not where it should be")
	}
	if stripped := stripColour(coloured.String()); stripped != plain.String() {
		t.Errorf("colour changes the layout:\n%s", cmp.Diff(plain.String(), stripped))
	}
}

func stripColour(s string) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "\x1b[")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		_, s, _ = strings.Cut(rest, "m")
	}
}
