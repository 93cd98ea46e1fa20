package cmd

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
)

// document holds what several verbs say of the same node.
type document struct {
	Node      map[string]any
	Checks    []struct{ Code, Status, Found string }
	Attention []struct{ Code string }
	Issues    []struct{ Code string }
	Changes   []struct {
		Outcome, UndoneBy, KubeletVersion string
		ConfirmBy, ConfirmedBy            any
	}
}

func documentOf(t *testing.T, host *node.Host, args ...string) (d document, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(t.Context(), append(args, "-o", "json"), testDeps(host, &out, &errs, func(string) string { return "" }))
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatalf("%v: %v\n%s%s", args, err, &out, &errs)
	}
	delete(d.Node, "observedAt")
	return d, code
}

func (d document) check(t *testing.T, code string) (status, found string) {
	t.Helper()
	i := slices.IndexFunc(d.Checks, func(c struct{ Code, Status, Found string }) bool { return c.Code == code })
	if i < 0 {
		t.Fatalf("no check %s", code)
	}
	return d.Checks[i].Status, d.Checks[i].Found
}

// What two answers say of one fact is the same: the node's programs and settings, their
// versions, which pods are static, and whether a change waits for its confirmation.
func TestAnswersAgree(t *testing.T) {
	enable := []string{"enable", "--settle", "100ms", "--accept-risk", "static-pods"}
	pending := append(slices.Clone(enable), "--confirm-within", "1h")
	for name, c := range map[string]struct {
		workload simnode.Workload
		kubelet  string
		before   [][]string
		static   bool
		waiting  bool
	}{
		"fresh":                    {workload: simnode.WorkloadDaemonSet},
		"static pods":              {workload: simnode.WorkloadStatic, static: true},
		"static pods, harmless":    {workload: simnode.WorkloadStatic, kubelet: "1.37.2"},
		"enabled":                  {workload: simnode.WorkloadDaemonSet, before: [][]string{enable}},
		"waits for confirmation":   {workload: simnode.WorkloadDaemonSet, before: [][]string{pending}, waiting: true},
		"confirmed":                {workload: simnode.WorkloadDaemonSet, before: [][]string{pending, {"confirm"}}},
		"reverted after a reboot":  {workload: simnode.WorkloadDaemonSet, before: [][]string{pending, {"recover", "--boot"}}},
		"rolled back":              {workload: simnode.WorkloadDaemonSet, before: [][]string{enable, {"rollback", "--settle", "100ms"}}},
		"rolled back, not awaited": {workload: simnode.WorkloadDaemonSet, before: [][]string{pending, {"rollback", "--settle", "100ms"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runtime := "cri-o"
			if c.kubelet == "1.37.2" {
				runtime = "containerd"
			}
			host := simNode(t, simnode.Options{Runtime: runtime, Kubelet: c.kubelet, Workload: c.workload, Age: time.Minute}).Host()
			for _, args := range c.before {
				if _, code := documentOf(t, host, args...); code != ExitOK {
					t.Fatalf("%v: exit %d", args, code)
				}
			}
			status, _ := documentOf(t, host, "status")
			preflight, _ := documentOf(t, host, "preflight")
			verify, _ := documentOf(t, host, "verify", "--level", "configured")
			history, _ := documentOf(t, host, "history")

			for verb, d := range map[string]document{"preflight": preflight, "verify": verify} {
				for _, key := range slices.Concat(slices.Collect(maps.Keys(status.Node)), slices.Collect(maps.Keys(d.Node))) {
					if want, got := status.Node[key], d.Node[key]; !reflect.DeepEqual(want, got) {
						t.Errorf("%s: status and %s differ:\n%v\n%v", key, verb, want, got)
					}
				}
			}
			version, _ := status.Node["kubelet"].(map[string]any)["version"].(string)
			if _, found := preflight.check(t, "PLEG-KUBELET-VERSION"); found != version || version == "" {
				t.Errorf("the kubelet is %s in status, %s in preflight", version, found)
			}
			for _, change := range history.Changes {
				if change.KubeletVersion != version {
					t.Errorf("the kubelet is %s in status, %s in history", version, change.KubeletVersion)
				}
			}

			checked, found := preflight.check(t, "PLEG-NODE-STATIC-PODS")
			for place, static := range map[string]bool{
				"preflight": checked == "fail",
				"issues":    slices.ContainsFunc(status.Issues, func(i struct{ Code string }) bool { return i.Code == "PLEG-KNOWN-STATIC-PODS" }),
			} {
				if static != c.static {
					t.Errorf("static pods matter in %s: %v, %s", place, static, found)
				}
			}
			if _, drained := preflight.check(t, "PLEG-NODE-DRAINED"); strings.HasPrefix(drained, "1 pod(s), all") && found == "none" && c.workload == simnode.WorkloadStatic {
				t.Errorf("static pods: %s, and %s", found, drained)
			}

			checked, _ = preflight.check(t, "PLEG-NODE-CONFIRM")
			record, _ := status.Node["record"].(map[string]any)
			open := 0
			for _, change := range history.Changes {
				if change.Outcome == "committed" && change.UndoneBy == "" && change.ConfirmBy != nil && change.ConfirmedBy == nil {
					open++
				}
			}
			_, confirm := documentOf(t, host, "confirm")
			for place, waiting := range map[string]bool{
				"preflight": checked == "fail",
				"attention": slices.ContainsFunc(status.Attention, func(a struct{ Code string }) bool { return a.Code == "unconfirmed-change" }),
				"record":    record["confirmBy"] != nil,
				"history":   open > 0,
				"confirm":   confirm == ExitOK,
			} {
				if waiting != c.waiting {
					t.Errorf("a change waits for its confirmation in %s: %v", place, waiting)
				}
			}
		})
	}
}
