package logscan

// Messages returns the table of all messages that the scanner recognizes, in the order of a kubelet's
// life. A message that changes in some release gets one more form; a new one gets a row.
//
// Sources: the Go-module source of k8s.io/kubernetes, component-base and cri-client of
// 1.26.15, 1.27.16, 1.28.15, 1.29.15, 1.30.14, 1.31.14, 1.32.13, 1.33.13, 1.34.4, 1.35.4,
// 1.36.3 and 1.37.2; "seen" is from a real run.
func Messages() []Message {
	const (
		always = 0
		still  = 0
		cri    = "CRI client: remote_runtime.go (1.26–1.30, 1.36, 1.37), cri-client internal/log.go:32 (1.33–1.35)"
		flags  = "component-base cli/flag flags.go:64, seen"
		pleg   = "pkg/kubelet/pleg/evented.go"
		run    = "component-base cli/run.go:72 (1.37), seen"
	)
	refusals := []string{"feature gate", "featureGates", "feature is locked", "feature is PreAlpha", "depends on features that are disabled", "EventedPLEG"}
	always26 := func(text, source string) []Form { return []Form{{text, always, 26, still, source}} }
	handled := func(text string) []Form {
		return []Form{{text, 4, 26, 36, pleg + ":276 ff (1.26) to 281 ff (1.36), seen"}}
	}
	return []Message{
		// Start.
		{Kind: KindConfig, Key: "config", Forms: []Form{{"Effective KubeletConfiguration", always, 37, still, "cmd/kubelet/app/server.go:257 (1.37), seen"}}},
		{Kind: KindGatesFlag, Forms: []Form{{"FLAG: --feature-gates=", 1, 26, still, flags}}},
		{Kind: KindVerbosityFlag, Forms: []Form{{"FLAG: --v=", 1, 26, still, flags}}},
		{Kind: KindGates, Forms: []Form{{"feature gates: ", 1, 26, 35, "component-base feature_gate.go:249 (1.26–1.29, with &), 254 (1.30), 387 (1.31, 1.32), 385 (1.33, 1.34), 466 (1.35); seen in 1.34"}}},
		{Kind: KindGates, Key: "featureGates", Forms: []Form{{"Updated", 1, 36, still, "component-base feature_gate.go:477 (1.36, 1.37), seen"}}},
		{Kind: KindVersion, Key: "kubeletVersion", Forms: always26("Kubelet version", "cmd/kubelet/app/server.go:520 (1.32), 529 (1.34), 545 (1.36, 1.37), seen")},
		{Kind: KindRunning, Bare: true, Forms: always26("Running kubelet ", "k3s and rke2 pkg/daemons/agent: the flags that the kubelet inside gets")},
		{Kind: KindVerbose, Forms: []Form{{"Validating the CRI v1 API runtime version", 4, 26, still, "CRI client, once at start; seen in 1.34, 1.36, 1.37"}}},
		{Kind: KindRuntime, Key: "containerRuntime", Forms: always26("Container runtime initialized", "pkg/kubelet/kuberuntime/kuberuntime_manager.go:291 (1.34), 308 (1.36), 315 (1.37), seen")},
		{Kind: KindHealth, Key: "err", Holds: []string{"EventedPLEG is not healthy"}, Forms: []Form{{"Skipping pod synchronization", always, 26, 36, "pkg/kubelet/kubelet.go, syncLoop; the name of the health check from runtime.go"}}},

		// Events. The first is the CRI client's, once for each event; the others show what
		// became of it.
		{Kind: KindEvent, Forms: []Form{{"container event received", 4, 26, still, "CRI client: remote_runtime.go:1091 (1.36), 1273 (1.37), log.go:25 (1.33–1.35), seen"}}},
		{Kind: KindHandled, Detail: Created, Forms: handled("Received Container Created Event")},
		{Kind: KindHandled, Detail: Started, Forms: handled("Received Container Started Event")},
		{Kind: KindHandled, Detail: Stopped, Forms: handled("Received Container Stopped Event")},
		{Kind: KindHandled, Detail: Deleted, Forms: handled("Received Container Deleted Event")},
		{Kind: KindHandled, Forms: []Form{{"Evented PLEG: Generated pod status from the received event", 4, 26, 36, pleg + ":237 (1.26), 238 (1.27, 1.28), 242 (1.29, 1.30), 245 (1.31), 248 (1.32, 1.33), 238 (1.34, 1.35), 242 (1.36); seen"}}},
		{Kind: KindHandled, Detail: Stopped, Forms: []Form{{"Evented PLEG: requested pod relist after container termination", 4, 37, still, pleg + ":132 (1.37), seen"}}},

		// The stream fails.
		{Kind: KindStreamError, Key: "err", Forms: always26("failed to receive streaming container event", cri+"; :1086 (1.36), :1268 (1.37), seen")},
		{Kind: KindStreamError, Key: "err", Forms: always26("container events stream is closed", cri+"; :1264 (1.37), seen")},
		{Kind: KindStreamError, Detail: NeverOpened, Key: "err", Forms: always26("GetContainerEvents failed to get streaming client", cri+"; :1252 (1.37), seen")},
		{Kind: KindRetry, Forms: []Form{
			{"Evented PLEG: Failed to get container events, retrying", 4, 26, 36, pleg + ":195 (1.26), 196 (1.27, 1.28), 200 (1.29, 1.30), 203 (1.31), 206 (1.32–1.35), 210 (1.36)"},
			{"Evented PLEG: failed to get container events, retrying", 4, 37, still, pleg + ":97 (1.37), seen"},
		}},
		{Kind: KindStoppedRetrying, Forms: []Form{
			{"Fall back to Generic PLEG relisting since Evented PLEG is not working", 4, 26, 36, pleg + ":182 (1.26–1.28), 186 (1.29, 1.30), 187 (1.31), 190 (1.32–1.35), 194 (1.36)"},
			{"Evented PLEG: disabling container-termination fast path after exhausting event stream retries", always, 37, still, pleg + ":81 (1.37), seen"},
		}},

		// Events that could not be used.
		{Kind: KindMalformed, Forms: always26("Evented PLEG: received ContainerEventResponse with nil PodSandboxStatus", pleg+":216 (1.26), 217 (1.27, 1.28), 221 (1.29, 1.30), 224 (1.31), 227 (1.32–1.35), 231 (1.36), 119 (1.37); kubernetes/kubernetes#114371")},
		{Kind: KindMalformed, Forms: []Form{{"Evented PLEG: error generating pod status from the received event", always, 26, 33, pleg + ":229 (1.26), 230 (1.27, 1.28), 234 (1.29, 1.30), 237 (1.31), 240 (1.32, 1.33)"}}},
		{Kind: KindMalformed, Forms: []Form{{"Evented PLEG: Event channel is full, discarded pod lifecycle event", always, 26, 36, pleg + ":324 (1.26) to 329 (1.36)"}}},
		{Kind: KindMalformed, Forms: []Form{{"Evented PLEG: Get cache", always, 26, 36, pleg + ":350 (1.26) to 355 (1.36)"}}},

		// The end. Gates that the kubelet refuses come in all of these forms.
		{Kind: KindRefused, Key: "err", Holds: refusals, Forms: always26("command failed", run)},
		{Kind: KindFailed, Key: "err", Forms: always26("command failed", run)},
		{Kind: KindRefused, Bare: true, Forms: always26("failed to set feature gates from initial flags-based config", "cmd/kubelet/app/server.go, also without klog header")},
		{Kind: KindRefused, Bare: true, Forms: always26("Error: failed to set feature gates from initial flags-based config", "the same, through cobra")},
		{Kind: KindRefused, Detail: Panicked, Holds: refusals, Bare: true, Forms: always26("panic: ", "a gate that is refused in a file: pkg/kubelet/apis/config/v1beta1/defaults.go:71 (1.32), :70 (1.37), seen in 1.36, 1.37")},
		{Kind: KindFailed, Detail: Panicked, Bare: true, Forms: always26("panic: ", "Go runtime/panic.go: other panics")},

		// What systemd and journald log about the unit.
		{Kind: KindUnitStart, Writer: "systemd", Forms: always26("Started ", "systemd src/core/job.c, seen")},
		{Kind: KindUnitStart, Writer: "systemd", Forms: always26("Starting ", "systemd src/core/job.c, seen")},
		{Kind: KindUnitExit, Writer: "systemd", Forms: always26("Stopped ", "systemd src/core/job.c, seen")},
		{Kind: KindUnitExit, Detail: Exited, Writer: "systemd", Forms: always26("Main process exited", "systemd src/core/unit.c, after the unit's name, seen")},
		{Kind: KindUnitExit, Writer: "systemd", Forms: always26("Failed with result", "systemd src/core/unit.c, after the unit's name, seen")},
		{Kind: KindUnitExit, Writer: "systemd", Forms: always26("Deactivated successfully", "systemd src/core/unit.c, after the unit's name, seen")},
		{Kind: KindSuppressed, Writer: "systemd-journald", Forms: always26("Suppressed ", "systemd src/journal/journald-rate-limit.c, seen")},
	}
}

// plegTrace is what a panic's stack names where Evented PLEG panicked
// (kubernetes/kubernetes#128654, #132266).
const plegTrace = "pleg/evented.go:"
