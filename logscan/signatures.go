package logscan

// Kind is what a message tells.
type Kind int

// The kinds of messages that the table knows.
const (
	// KindNone is no message of the table.
	KindNone Kind = iota
	// KindVersion: a kubelet has started, and says its version.
	KindVersion
	// KindGates: the gates in force, of which only those that were set are listed.
	KindGates
	// KindConfig: the whole merged configuration.
	KindConfig
	// KindGatesFlag: --feature-gates as given; "" where gates are set in a file.
	KindGatesFlag
	// KindVerbosityFlag: --v as given.
	KindVerbosityFlag
	// KindVerbose: a message of every start at a high enough verbosity.
	KindVerbose
	// KindRuntime: the runtime's name and version.
	KindRuntime
	// KindEvent: a container event has come over the stream.
	KindEvent
	// KindHandled: Evented PLEG has used a container event.
	KindHandled
	// KindStreamError: an event stream could not be had, or ended. One for each try.
	KindStreamError
	// KindRetry: the same, as Evented PLEG tells it.
	KindRetry
	// KindGaveUp: Evented PLEG stops until the kubelet restarts.
	KindGaveUp
	// KindTrouble: an event could not be used; the stream lives on.
	KindTrouble
	// KindFailed: the kubelet ends with an error or a panic.
	KindFailed
	// KindUnit: what systemd says of the kubelet's unit.
	KindUnit
	// KindSuppressed: journald dropped messages of the kubelet.
	KindSuppressed
)

// Signature is one message of the kubelet. It is recognised by its text and, where that is
// common, by a key; never by file and line, which move with each release.
type Signature struct {
	Kind Kind
	// Text is how the message begins.
	Text string
	// Key is a key that the entry must have; "" where the text alone is enough.
	Key string
	// Level is the verbosity from which on it is printed; 0 is always.
	Level int
	// First and Last are the minor versions 1.x that print it; Last 0 is "still does".
	First, Last uint
	// Source is where it was read or seen, with line numbers of the versions read.
	Source string
}

// Signatures is the table of all messages that the scanner knows. The order is that of a
// kubelet's life.
//
// Sources: the Go-module source of k8s.io/kubernetes, component-base and cri-client of
// 1.26.15, 1.27.16, 1.28.15, 1.29.15, 1.30.14, 1.31.14, 1.32.13, 1.33.13, 1.34.4, 1.35.4,
// 1.36.3 and 1.37.2; "seen" is from a real run.
func Signatures() []Signature {
	const (
		always = 0
		still  = 0
		cri    = "CRI client: remote_runtime.go (1.26–1.30, 1.36, 1.37), cri-client internal/log.go:32 (1.33–1.35)"
	)
	return []Signature{
		// Start.
		{KindConfig, "Effective KubeletConfiguration", "config", always, 37, still, "cmd/kubelet/app/server.go:257 (1.37), seen"},
		{KindGatesFlag, "FLAG: --feature-gates=", "", 1, 26, still, "component-base cli/flag flags.go:64, seen"},
		{KindVerbosityFlag, "FLAG: --v=", "", 1, 26, still, "component-base cli/flag flags.go:64, seen"},
		{KindGates, "feature gates: ", "", 1, 26, 35, "component-base feature_gate.go:249 (1.26–1.29, with &), 254 (1.30), 387 (1.31, 1.32), 385 (1.33, 1.34), 466 (1.35); seen in 1.34"},
		{KindGates, "Updated", "featureGates", 1, 36, still, "component-base feature_gate.go:477 (1.36, 1.37), seen"},
		{KindVersion, "Kubelet version", "kubeletVersion", always, 26, still, "cmd/kubelet/app/server.go:520 (1.32), 529 (1.34), 545 (1.36, 1.37), seen"},
		{KindVerbose, "Validating the CRI v1 API runtime version", "", 4, 26, still, "CRI client, once at start; seen in 1.34, 1.36, 1.37"},
		{KindRuntime, "Container runtime initialized", "containerRuntime", always, 26, still, "pkg/kubelet/kuberuntime/kuberuntime_manager.go:291 (1.34), 308 (1.36), 315 (1.37), seen"},

		// Events. The first is the CRI client's, once for each event; the others say what
		// became of it.
		{KindEvent, "container event received", "", 4, 26, still, "CRI client: remote_runtime.go:1091 (1.36), 1273 (1.37), log.go:25 (1.33–1.35), seen"},
		{KindHandled, "Received Container Created Event", "", 4, 26, 36, "pkg/kubelet/pleg/evented.go:276 ff (1.26) to 281 ff (1.36), seen"},
		{KindHandled, "Received Container Started Event", "", 4, 26, 36, "as above"},
		{KindHandled, "Received Container Stopped Event", "", 4, 26, 36, "as above"},
		{KindHandled, "Received Container Deleted Event", "", 4, 26, 36, "as above"},
		{KindHandled, "Evented PLEG: Generated pod status from the received event", "", 4, 26, 36, "pkg/kubelet/pleg/evented.go:237 (1.26), 238 (1.27, 1.28), 242 (1.29, 1.30), 245 (1.31), 248 (1.32, 1.33), 238 (1.34, 1.35), 242 (1.36); seen"},
		{KindHandled, "Evented PLEG: requested pod relist after container termination", "", 4, 37, still, "pkg/kubelet/pleg/evented.go:132 (1.37), seen"},

		// The stream fails.
		{KindStreamError, "failed to receive streaming container event", "err", always, 26, still, cri + "; :1086 (1.36), :1268 (1.37), seen"},
		{KindStreamError, "container events stream is closed", "err", always, 26, still, cri + "; :1264 (1.37), seen"},
		{KindStreamError, "GetContainerEvents failed to get streaming client", "err", always, 26, still, cri + "; :1252 (1.37), seen"},
		{KindRetry, "Evented PLEG: Failed to get container events, retrying", "", 4, 26, 36, "pkg/kubelet/pleg/evented.go:195 (1.26), 196 (1.27, 1.28), 200 (1.29, 1.30), 203 (1.31), 206 (1.32–1.35), 210 (1.36)"},
		{KindRetry, "Evented PLEG: failed to get container events, retrying", "", 4, 37, still, "pkg/kubelet/pleg/evented.go:97 (1.37), seen"},
		{KindGaveUp, "Fall back to Generic PLEG relisting since Evented PLEG is not working", "", 4, 26, 36, "pkg/kubelet/pleg/evented.go:182 (1.26–1.28), 186 (1.29, 1.30), 187 (1.31), 190 (1.32–1.35), 194 (1.36)"},
		{KindGaveUp, "Evented PLEG: disabling container-termination fast path after exhausting event stream retries", "", always, 37, still, "pkg/kubelet/pleg/evented.go:81 (1.37), seen"},

		// Events that could not be used.
		{KindTrouble, "Evented PLEG: received ContainerEventResponse with nil PodSandboxStatus", "", always, 26, still, "pkg/kubelet/pleg/evented.go:216 (1.26), 217 (1.27, 1.28), 221 (1.29, 1.30), 224 (1.31), 227 (1.32–1.35), 231 (1.36), 119 (1.37); kubernetes/kubernetes#114371"},
		{KindTrouble, "Evented PLEG: error generating pod status from the received event", "", always, 26, 33, "pkg/kubelet/pleg/evented.go:229 (1.26), 230 (1.27, 1.28), 234 (1.29, 1.30), 237 (1.31), 240 (1.32, 1.33)"},
		{KindTrouble, "Evented PLEG: Event channel is full, discarded pod lifecycle event", "", always, 26, 36, "pkg/kubelet/pleg/evented.go:324 (1.26) to 329 (1.36)"},
		{KindTrouble, "Evented PLEG: Get cache", "", always, 26, 36, "pkg/kubelet/pleg/evented.go:350 (1.26) to 355 (1.36)"},

		// The end. Gates that the kubelet refuses come in all of these forms.
		{KindFailed, "command failed", "err", always, 26, still, "component-base cli/run.go:72 (1.37), seen"},
		{KindFailed, "failed to set feature gates from initial flags-based config", "", always, 26, still, "cmd/kubelet/app/server.go, also without klog header"},
		{KindFailed, "Error: failed to set feature gates from initial flags-based config", "", always, 26, still, "the same, through cobra"},
		{KindFailed, "panic: ", "", always, 26, still, "a gate that is refused in a file: pkg/kubelet/apis/config/v1beta1/defaults.go:71 (1.32), :70 (1.37), seen in 1.36, 1.37; other panics"},
	}
}
