package known

func cautions() []Issue {
	return []Issue{
		{
			Code: "PLEG-KNOWN-FUTURE-CACHE", Risk: "", Severity: Warn,
			Title:    "pod status can stick: cache times in the future",
			Symptom:  "a pod stays in its old phase; in-place resize never shows",
			Advice:   "upgrade the kubelet to 1.32 or later",
			Affected: "kubelet 1.26 to 1.31, every patch release; repaired in 1.32.0",
			Refs:     []string{"kubernetes/kubernetes#124297", "kubernetes/kubernetes#127195", "kubernetes/kubernetes#125624"},
			applies:  func(k Kubelet, r Runtime) bool { return kubeletIn(k, 26, 32) && r.Events != EventsNone },
		},
		{
			Code: "PLEG-KNOWN-SIDECARS", Severity: Warn,
			Title:    "pods with sidecars can hang in Pending for minutes",
			Symptom:  "restartable init containers are seen late",
			Advice:   "try with one such pod on a drained node first",
			Affected: "kubelet 1.33 to 1.36 with CRI-O while its pod events are on",
			Refs:     []string{"kubernetes/kubernetes#133371", "cri-o/cri-o#9109"},
			applies:  func(k Kubelet, r Runtime) bool { return kubeletIn(k, 33, 37) && r.SetsTimestamp },
		},
		{
			Code: "PLEG-KNOWN-PANIC", Severity: Warn,
			Title:    "the kubelet can panic under pressure",
			Symptom:  "the kubelet restarts: send on closed channel, or nil pointer in updateRunningPodMetric",
			Advice:   "watch the kubelet's restarts; kubelet 1.37 no longer has this code",
			Affected: "kubelet 1.26 to 1.36",
			Refs:     []string{"kubernetes/kubernetes#128654", "kubernetes/kubernetes#132266"},
			applies:  cacheDesign,
		},
		{
			Code: "PLEG-KNOWN-CRIO-CRASH", Severity: Warn,
			Title:    "CRI-O can crash when a reader of its events leaves",
			Symptom:  "panic: sync: negative WaitGroup counter; a kubelet restart is such a reader too",
			Advice:   "upgrade CRI-O to 1.33 or later",
			Affected: "CRI-O 1.28 to 1.32, every patch release; repaired in 1.33.0",
			Refs:     []string{"cri-o/cri-o#9004", "cri-o/cri-o#9014"},
			applies:  func(_ Kubelet, r Runtime) bool { return r.ProbeCrash },
		},
		{
			Code: "PLEG-KNOWN-CRIO-HANG", Severity: Warn,
			Title:    "CRI-O can hang in its stop with its pod events on",
			Symptom:  "a stop or restart of crio.service lasts until systemd kills it: 90 s, or its TimeoutStopSec",
			Advice:   "drain the node first, and wait: containers keep running, and plegctl waits for as long as systemd does",
			Affected: "CRI-O 1.34: seen with 1.34.11, in 3 of 5 restarts with a busy pod, also with the kubelet stopped first; other minors were not tried",
			Refs:     []string{"cri-o/cri-o#10357"},
			applies:  func(_ Kubelet, r Runtime) bool { return r.StopHangs },
		},
		{
			Code: "PLEG-KNOWN-SECONDS", Severity: Warn,
			Title:    "sandbox timestamps in seconds, not nanoseconds",
			Symptom:  "the kubelet takes fresh state for old",
			Advice:   "upgrade CRI-O to 1.29.9, 1.30.6, 1.31.1, 1.32.0 or later",
			Affected: "CRI-O 1.26 to 1.28, 1.29.0 to 1.29.8, 1.30.0 to 1.30.5, 1.31.0",
			Refs:     []string{"cri-o/cri-o#8580", "cri-o/cri-o#8582"},
			applies:  func(_ Kubelet, r Runtime) bool { return r.TimestampSeconds && r.Events != EventsNone },
		},
	}
}

func notes() []Issue {
	return []Issue{
		{
			Code: "PLEG-KNOWN-FALLBACK", Severity: Note,
			Title:    "a restart of the runtime turns Evented PLEG off until the kubelet restarts",
			Symptom:  "five failed streams within milliseconds, then polling as before",
			Advice:   "restart the kubelet after every restart of the runtime, or let `enable --couple` do it",
			Affected: "every kubelet from 1.26 on",
			Refs:     []string{"kubernetes/kubernetes#129827"},
			applies:  func(k Kubelet, _ Runtime) bool { return k.GateExists() },
		},
		{
			Code: "PLEG-KNOWN-SLOW-PHASE", Severity: Note,
			Title:    "changes to Running and Terminating are seen a few seconds later",
			Symptom:  "pod workers wait for the 5 s tick of the pod cache",
			Advice:   "measure on one node before you roll it out",
			Affected: "kubelet 1.32 to 1.36",
			Refs:     []string{"kubernetes/kubernetes#124704", "kubernetes/kubernetes#129829"},
			applies:  func(k Kubelet, _ Runtime) bool { return kubeletIn(k, 32, 37) },
		},
		{
			Code: "PLEG-KNOWN-SHARED-QUEUE", Severity: Note,
			Title:    "every reader of the event stream takes events from the others",
			Symptom:  "`crictl events` or a probe makes the kubelet miss container events",
			Advice:   "do not read the stream while the kubelet does; upgrade to containerd 2.0.3 or CRI-O 1.33",
			Affected: "containerd 1.7, CRI-O 1.26 and 1.27",
			Refs:     []string{"containerd/containerd#7318", "cri-o/cri-o#6466"},
			applies:  func(_ Kubelet, r Runtime) bool { return r.ProbeTheft },
		},
		{
			Code: "PLEG-KNOWN-CRIO-STOP", Severity: Note,
			Title:    "CRI-O can die in its own shutdown while its pod events are on",
			Symptom:  "the stop half of a restart ends with exit code 2 or SIGABRT: panic: close of closed channel",
			Advice:   "judge a restart by the new instance; containers are not touched",
			Affected: "CRI-O 1.26 and later; a repair was reverted (cri-o/cri-o#6651)",
			Refs:     []string{"cri-o/cri-o#6626", "cri-o/cri-o#8031"},
			applies:  func(_ Kubelet, r Runtime) bool { return r.ShutdownPanics },
		},
		{
			Code: "PLEG-KNOWN-NIL-STATUS", Severity: Note,
			Title:    "the kubelet logs an error for each pod that is deleted",
			Symptom:  "received ContainerEventResponse with nil PodSandboxStatus or PodSandboxStatus.Metadata",
			Advice:   "it is only noise: the event is dropped, and nothing waits for it",
			Affected: "containerd 1.7 with any kubelet",
			Refs:     []string{"kubernetes/kubernetes#114371"},
			applies: func(_ Kubelet, r Runtime) bool {
				return r.Name == Containerd && r.Events == EventsShared
			},
		},
		{
			Code: "PLEG-KNOWN-STALLED-READER", Severity: Note,
			Title:    "a reader of the event stream that stops reading stalls the runtime",
			Symptom:  "pods no longer start or stop while a paused `crictl events` holds a stream open",
			Advice:   "never pause a reader of container events; end it instead",
			Affected: "containerd 2.0 and later (internal/eventq)",
			Refs:     []string{"containerd/containerd#7318"},
			applies: func(_ Kubelet, r Runtime) bool {
				return r.Name == Containerd && r.Events == EventsBroadcast
			},
		},
		{
			Code: "PLEG-KNOWN-HINT-ONLY", Severity: Note,
			Title:    "from 1.37 the events only speed up the reaction to a stopped container",
			Symptom:  "no polling is saved: the kubelet relists once a second as before",
			Advice:   "enable it for faster exits, not for less CPU",
			Affected: "kubelet 1.37 and later",
			Refs:     []string{"kubernetes/kubernetes#139262"},
			applies:  func(k Kubelet, _ Runtime) bool { return k.Design == DesignHint },
		},
	}
}
