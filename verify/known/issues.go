package known

// Severity is what an issue means for turning Evented PLEG on.
type Severity int

const (
	// Note means that it is worth knowing; nothing is refused.
	Note Severity = iota
	// Warn means that it can hurt under conditions that are named.
	Warn
	// Harmful means that the combination breaks pods; enabling is refused unless the risk is
	// accepted by name.
	Harmful
	// Impossible means that the combination cannot work; no risk can be accepted.
	Impossible
)

// Issue is one known issue of a kubelet and runtime combination.
type Issue struct {
	// Code names the issue in reports and in `explain`, e.g. "PLEG-KNOWN-INIT-LOOP".
	Code string
	// Risk is the name for --accept-risk; empty where nothing can be accepted.
	Risk     string
	Severity Severity
	Title    string
	// Symptom is what an operator would see.
	Symptom string
	// Advice is what to do instead.
	Advice string
	// Affected names the versions, and where it was repaired.
	Affected string
	// Refs are issue and change numbers, "owner/repo#N".
	Refs []string
	// StaticPods: it bites only on a node that runs static pods.
	StaticPods bool
	// WithoutStream: it bites whenever the gate is on, also after the event stream is gone.
	WithoutStream bool

	applies func(Kubelet, Runtime) bool
}

// Issues lists what is known to go wrong with the gate on and the runtime's events on,
// worst first. A version that is not known matches nothing: callers say "inconclusive".
func Issues(k Kubelet, r Runtime) []Issue {
	var found []Issue
	all := AllIssues()
	for severity := Impossible; severity >= Note; severity-- {
		for _, issue := range all {
			if issue.Severity == severity && issue.applies(k, r) {
				found = append(found, issue)
			}
		}
	}
	return found
}

// AllIssues is the whole table, for the docs and `explain`.
func AllIssues() []Issue {
	return append(impossible(), append(harmful(), append(cautions(), notes()...)...)...)
}

func kubeletIn(k Kubelet, from, before uint) bool {
	return !k.Version.IsZero() && !k.Version.MinorLess(1, from) && k.Version.MinorLess(1, before)
}

func cacheDesign(k Kubelet, _ Runtime) bool { return k.Design == DesignCache }

func impossible() []Issue {
	return []Issue{
		{
			Code: "PLEG-KNOWN-NO-GATE", Severity: Impossible,
			Title:    "this kubelet does not know the feature gate EventedPLEG",
			Symptom:  "the kubelet does not start: unrecognized feature gate: EventedPLEG",
			Advice:   "upgrade the kubelet to 1.26 or later",
			Affected: "kubelet 1.25 and earlier",
			Refs:     []string{"kubernetes/enhancements#3386"},
			applies:  func(k Kubelet, _ Runtime) bool { return !k.Version.IsZero() && !k.GateExists() },
		},
		{
			Code: "PLEG-KNOWN-NO-EVENTS", Severity: Impossible,
			Title:    "this runtime version sends no container events",
			Symptom:  "the kubelet fails five times within milliseconds and polls as before",
			Advice:   "upgrade to containerd 1.7 (better 2.0.3) or CRI-O 1.26 (better 1.33) or later",
			Affected: "containerd before 1.7.0, CRI-O before 1.26.0",
			Refs:     []string{"containerd/containerd#7073", "cri-o/cri-o#6404"},
			applies:  func(_ Kubelet, r Runtime) bool { return r.Events == EventsNone },
		},
	}
}

func harmful() []Issue {
	return []Issue{
		{
			Code: "PLEG-KNOWN-INIT-LOOP", Risk: "init-container-loop", Severity: Harmful, WithoutStream: true,
			Title:    "pods with init containers never start (bug B1)",
			Symptom:  "init container 1 is created again and again, the pod stays Pending",
			Advice:   "leave the gate off on kubelet 1.37.0 to 1.37.2 with this runtime; re-check on the first release with kubernetes/kubernetes#140849",
			Affected: "kubelet 1.37.0 to 1.37.2 with CRI-O while its pod events are on, or with containerd 2.0.0 to 2.0.2; seen on kubelet 1.37.2 with CRI-O 1.34.11; later 1.37 releases were not read and count as affected",
			Refs:     []string{"kubernetes/kubernetes#140849", "kubernetes/kubernetes#138514"},
			applies: func(k Kubelet, r Runtime) bool {
				return k.Design == DesignHint && r.SetsTimestamp
			},
		},
		{
			Code: "PLEG-KNOWN-EMPTY-STATUS", Risk: "empty-container-status", Severity: Harmful, WithoutStream: true,
			Title:    "containerd 2.0.0-rc.5 to 2.0.2 hides the containers of a pod",
			Symptom:  "the kubelet sees pods without containers and starts them again",
			Advice:   "upgrade containerd to 2.0.3 or later",
			Affected: "containerd 2.0.0-rc.5 to 2.0.2 with any kubelet; repaired in 2.0.3",
			Refs:     []string{"containerd/containerd#11312", "containerd/containerd#11323", "kubernetes/kubernetes#129818"},
			applies:  func(_ Kubelet, r Runtime) bool { return r.Name == Containerd && r.SetsTimestamp },
		},
		{
			Code: "PLEG-KNOWN-STATIC-PODS", Risk: "static-pods", Severity: Harmful, StaticPods: true,
			Title:    "static pods can get several containers at once",
			Symptom:  "etcd or kube-apiserver do not start: address already in use",
			Advice:   "do not enable Evented PLEG on a node with static pods before kubelet 1.37",
			Affected: "kubelet 1.26 to 1.36; the code is gone in 1.37",
			Refs:     []string{"kubernetes/kubernetes#123087", "kubernetes/kubernetes#121349", "kubernetes/kubernetes#122721"},
			applies:  cacheDesign,
		},
		{
			Code: "PLEG-KNOWN-DUPLICATES", Risk: "duplicate-containers", Severity: Harmful,
			Title:    "containers of a pod are started twice",
			Symptom:  "duplicate containers, CrashLoopBackOff",
			Advice:   "upgrade the kubelet to 1.29 or later",
			Affected: "kubelet 1.26 to 1.28; repaired in 1.29, back-ports are not known",
			Refs:     []string{"kubernetes/kubernetes#120941", "kubernetes/kubernetes#120942", "containerd/containerd#9070"},
			applies:  func(k Kubelet, _ Runtime) bool { return kubeletIn(k, 26, 29) },
		},
	}
}
