package e2e

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestClusterAccess: what the node may ask of its cluster, and what the cluster lets it do.
func TestClusterAccess(t *testing.T) {
	t.Parallel()
	l := bootCluster(t)
	l.grant(t)
	t.Run("metrics", l.metrics)
	t.Run("nothing else", l.nothingElse)
	t.Run("drain", l.drain)
	t.Run("API server away", l.apiServerAway)
}

const tokenFile = "/root/plegctl.token"

// grant runs the commands that `plegctl explain PLEG-KUBELET-ACCESS` tells, and gives the
// token to the node.
func (l labCluster) grant(t *testing.T) {
	t.Helper()
	page, err := os.ReadFile("../docs/checks/PLEG-KUBELET-ACCESS.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile("(?s)```\n(kubectl .*?)```").FindSubmatch(page)
	if commands == nil {
		t.Fatal("the page has no commands")
	}
	must(t, l.Control, "set -e\n"+string(commands[1]))
	l.newToken(t)
}

func (l labCluster) newToken(t *testing.T) {
	t.Helper()
	token := l.kubectl(t, "create token plegctl -n kube-system")
	must(t, l.n, "umask 077; printf %s '"+strings.TrimSpace(token)+"' > "+tokenFile)
}

// The right to get nodes/metrics is enough to see every rung.
func (l labCluster) metrics(t *testing.T) {
	refused := plegctl(t, l.n, 0, "status --kubeconfig /etc/kubernetes/kubelet.conf").want(t, "off")
	refused.says(t, "403 Forbidden", "grant get nodes/metrics to this credential")
	const access = " --token-file " + tokenFile
	plegctl(t, l.n, 0, "preflight --only PLEG-KUBELET-ACCESS --fail-on advisory"+access)
	plegctl(t, l.n, 0, "enable --level delivering"+access).want(t, "works")
	plegctl(t, l.n, 0, "verify --level proven --stimulus"+access).want(t, "works").wantRung(t, "proven")
	plegctl(t, l.n, 0, "measure --for 3s"+access).says(t, "relistsPerMinute")
	plegctl(t, l.n, 0, "rollback").want(t, "off")
	l.before.same(t, look(t, l.n))
}

// The same token opens nothing else, neither on the kubelet's port nor by the API server.
func (l labCluster) nothingElse(t *testing.T) {
	for _, path := range []string{
		"pods", "runningpods/", "containerLogs/default/steady/main", "logs/", "stats/summary", "configz",
		"exec/default/steady/main?command=true&output=1", "run/default/steady/main?cmd=true", "debug/pprof/cmdline",
	} {
		code := must(t, l.n, `curl -sk -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $(cat `+tokenFile+`)" 'https://127.0.0.1:10250/`+path+`'`)
		if code != "403" {
			t.Errorf("GET /%s: %s", path, code)
		}
	}
	token := must(t, l.n, "cat "+tokenFile)
	for _, args := range []string{
		"exec daemonset/host -- /bin/true", "logs steady", "get --raw /api/v1/nodes/" + l.n.Spec.Name + "/proxy/metrics", "get pods -A", "get secrets -A",
	} {
		// A kubeconfig with the admin's certificate would win over the token.
		out := l.Control.Run(t.Context(), "kubectl --kubeconfig=/dev/null --server=https://127.0.0.1:6443 --insecure-skip-tls-verify --token="+token+" "+args)
		if out.Code == 0 || !strings.Contains(out.Stderr, "Forbidden") {
			t.Errorf("kubectl %s is not refused:\n%v", args, out)
		}
	}
}

// A drained node keeps the pods of its DaemonSets, and preflight knows them.
func (l labCluster) drain(t *testing.T) {
	const only = "preflight --only PLEG-NODE-DRAINED --fail-on advisory"
	plegctl(t, l.n, 3, only).says(t, "steady")
	l.kubectl(t, "drain --force --ignore-daemonsets --timeout=90s "+l.n.Spec.Name)
	if state := check(t, plegctl(t, l.n, 0, only), "PLEG-NODE-DRAINED"); state != "pass" {
		t.Errorf("a drained node: %s", state)
	}
	l.kubectl(t, "uncordon "+l.n.Spec.Name)
}

// Without its API server the kubelet runs on, but after a restart it gets no pods.
func (l labCluster) apiServerAway(t *testing.T) {
	const only = "preflight --only PLEG-NODE-API-SERVER --fail-on advisory"
	plegctl(t, l.n, 0, only)
	l.newToken(t) // the kubelet keeps the answer for one that it knows
	must(t, l.Control, "systemctl kill -s KILL kube-apiserver; until systemctl is-failed -q kube-apiserver; do sleep 0.1; done")
	plegctl(t, l.n, 3, only).says(t, "10.99.0.1:6443", "connection refused")
	plegctl(t, l.n, 0, "status --token-file "+tokenFile).want(t, "off").says(t, "plegctl preflight --only PLEG-NODE-API-SERVER")
	plegctl(t, l.n, 0, "enable").want(t, "works")
	plegctl(t, l.n, 0, "rollback").want(t, "off")
	l.before.same(t, look(t, l.n))
	must(t, l.Control, "systemctl reset-failed kube-apiserver; systemctl start kube-apiserver")
	if err := l.AwaitAPI(t.Context()); err != nil {
		t.Fatal(err)
	}
	plegctl(t, l.n, 0, only)
}

// check is the status of one check of an answer.
func check(t *testing.T, a answer, code string) string {
	t.Helper()
	var report struct {
		Checks []struct{ Code, Status string }
	}
	if err := json.Unmarshal([]byte(a.Stdout), &report); err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Checks {
		if c.Code == code {
			return c.Status
		}
	}
	return ""
}
