package verify

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

func nodeChecks() []Check {
	return []Check{
		{
			Code: "PLEG-NODE-COMBINATION", Title: "kubelet and runtime work together", Level: Required,
			Expected: "no known issue that breaks pods", eval: combination,
		},
		{
			Code: "PLEG-NODE-CAUTION", Title: "no known weakness of this combination", Level: Advisory,
			Expected: "no known issue", eval: caution,
		},
		{
			Code: "PLEG-NODE-STATIC-PODS", Title: "no static pods where they can break", Level: Required, Risk: "static-pods",
			Expected: "kubelet 1.37 or later, or no static pods", eval: staticPods,
		},
		{
			Code: "PLEG-NODE-HALF", Title: "not half turned on already", Level: Advisory,
			Expected: "both sides on, or both off", eval: half,
		},
		{
			Code: "PLEG-NODE-DRAINED", Title: "node is drained", Level: Advisory, Live: true,
			Expected: "only static and DaemonSet pods left", eval: drained,
		},
		{
			Code: joinedCode, Title: "the node has joined its cluster", Level: Required, Live: true,
			Expected: "the kubelet's credential for its API server", eval: joined,
		},
		{
			Code: "PLEG-NODE-API-SERVER", Title: "the kubelet's API server answers", Level: Advisory, Live: true,
			Expected: "an answer: without it a restarted kubelet gets no pods", eval: apiServer,
		},
		{
			Code: "PLEG-NODE-PLATFORM", Title: "configuration files are not managed by another tool", Level: Required, Risk: "platform-managed",
			Expected: "files that keep what is written into them", eval: platformOwns,
		},
	}
}

func combination(f Facts) Result {
	if r, ok := versionsUnread(f); !ok {
		return r
	}
	var worst []known.Issue
	for _, issue := range Issues(f) {
		if issue.Severity >= known.Harmful && !issue.StaticPods {
			worst = append(worst, issue)
		}
	}
	if len(worst) == 0 {
		return pass(versions(f)+": no issue that breaks pods is known", "plegctl's table")
	}
	r := fail(fmt.Sprintf("%s: %s (%s)", versions(f), worst[0].Title, worst[0].Code), "plegctl's table", worst[0].Advice)
	r.Risk, r.Issues = worst[0].Risk, worst
	for _, issue := range worst[1:] {
		r.More = append(r.More, source.Problem{Code: source.Code(issue.Code), Effect: source.Suspect, Message: issue.Title + " (" + issue.Code + ")", Hint: issue.Advice})
	}
	return r
}

func caution(f Facts) Result {
	if r, ok := versionsUnread(f); !ok {
		return r
	}
	var found []source.Problem
	for _, issue := range Issues(f) {
		if issue.Severity == known.Warn {
			found = append(found, source.Problem{
				Code: source.Code(issue.Code), Effect: source.Suspect, Message: issue.Title + " (" + issue.Code + ")", Hint: issue.Advice,
				At: source.Position{Owner: strings.Join(issue.Refs, ", ")},
			})
		}
	}
	if len(found) == 0 {
		return pass(versions(f)+": none is known", "plegctl's table")
	}
	return at(found)
}

func versionsUnread(f Facts) (Result, bool) {
	switch {
	case !f.Kubelet.Version.Seen:
		return noVersion(f.Kubelet.Version), false
	case !f.Runtime.Name.Seen:
		return noVersion(f.Runtime.Name), false
	case !f.Runtime.Version.Seen:
		return noVersion(f.Runtime.Version), false
	}
	return Result{}, true
}

func versions(f Facts) string {
	return fmt.Sprintf("kubelet %s with %s %s", f.Kubelet.Version.Value, f.Runtime.Name.Value, f.Runtime.Version.Value)
}

func staticPods(f Facts) Result {
	v, pods := f.Kubelet.Version, f.Node.StaticPods
	switch {
	case !v.Seen:
		return noVersion(v)
	case known.KubeletAt(v.Value).Design != known.DesignCache:
		return pass("kubelet "+v.Value.String()+" supports them", v.From)
	case !pods.Seen:
		return unread(pods)
	case len(pods.Value) == 0:
		return pass("none", pods.From)
	}
	return fail(fmt.Sprintf("%d static pod(s): %s", len(pods.Value), strings.Join(pods.Value, ", ")), pods.From,
		"leave the gate off here: before kubelet 1.37 static pods can get several containers at once")
}

func half(f Facts) Result {
	gate, events := gateConfigured(f), eventsConfigured(f)
	switch {
	case gate.holds == Unknown:
		return notSeen(gate.found, gate.gap.Hint)
	case gate.holds == Yes && events.holds == No:
		return fail("the gate is on at "+gate.from+", but "+events.found, gate.from, "`plegctl plan` shows what is missing")
	case gate.holds == Yes && events.holds == Unknown:
		return notSeen(events.found, events.gap.Hint)
	case gate.holds == No && needsSwitch(f) && source.Is(f.Runtime.Events, true):
		return fail("pod events are on at "+events.from+", but the gate is off", events.from, "`plegctl plan` shows what is missing")
	}
	return pass("the gate is "+onOff(gate.holds == Yes), gate.from)
}

func drained(f Facts) Result {
	pods := f.Node.Pods
	if !pods.Seen {
		return unread(pods)
	}
	var left []string
	for _, p := range pods.Value {
		if !p.Static && !p.DaemonSet && !p.Own {
			left = append(left, p.Namespace+"/"+p.Name)
		}
	}
	if len(left) == 0 {
		return pass(fmt.Sprintf("%d pod(s), all static or of DaemonSets", len(pods.Value)), pods.From)
	}
	shown := left
	if len(shown) > 3 {
		shown = append(append([]string(nil), left[:3]...), fmt.Sprintf("%d more", len(left)-3))
	}
	return fail(fmt.Sprintf("%d pod(s) left: %s", len(left), strings.Join(shown, ", ")), pods.From, "kubectl drain "+nodeName(f)+" --ignore-daemonsets")
}

const (
	joinedCode   = "PLEG-NODE-JOINED"
	notJoinedYet = "this node has not joined a cluster yet"
	joinFirst    = "join the node first (kubeadm join), then look again"
)

func joined(f Facts) Result {
	file := f.Node.Joined
	switch {
	case !file.Seen:
		return skip(file.Why)
	case notJoined(f):
		return fail(notJoinedYet+": "+file.From+" does not exist", file.From, joinFirst)
	case !file.Value:
		return skip(file.From + " does not exist, and the kubelet runs without it")
	}
	return pass(file.From+" exists", file.From)
}

func apiServer(f Facts) Result {
	server := f.Node.APIServer
	switch {
	case !f.Node.Joined.Seen:
		return skip(f.Node.Joined.Why)
	case !f.Node.Joined.Value:
		return skip(notJoinedYet)
	case !server.Seen:
		return unread(server)
	case !server.Value:
		return fail("no answer from "+server.From, server.From, "repair the way to the API server first: until it answers, a restarted kubelet runs only static pods, and its port answers 401 or 500 even to a good token")
	}
	return pass("answers", server.From)
}

// nodeName is the node's name, as an argument of kubectl.
func nodeName(f Facts) string {
	if !f.Node.Name.Seen || f.Node.Name.Value == "" {
		return "NODE"
	}
	return f.Node.Name.Value
}

func platformOwns(f Facts) Result {
	p := f.Node.Platform
	switch {
	case !p.Seen:
		return unread(p)
	case p.Value.Managed:
		return fail(p.Value.Name+" owns them: "+p.Value.Overwrites, p.From, p.Value.Instead)
	case p.Value.Overwrites != "":
		return pass(p.Value.Name+": "+p.Value.Overwrites, p.From)
	case p.Value.Name == "":
		return pass("none detected", p.From)
	}
	return pass(p.Value.Name, p.From)
}
