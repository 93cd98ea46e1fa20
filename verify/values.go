package verify

import "time"

// Process is a running program as it was seen.
type Process struct {
	PID  int
	Name string
	// Start is exact to within Slack.
	Start time.Time
	Slack time.Duration
	// Stopped reports whether a signal holds the process, so that it answers nobody.
	Stopped bool
}

// StartedAfter tells whether the process certainly started after t; certain is false where
// the two lie too close together.
func (p Process) StartedAfter(t time.Time) (after, certain bool) {
	after = p.Start.After(t)
	gap := p.Start.Sub(t).Abs()
	return after, gap > p.Slack
}

// Metrics are the counters of one scrape of the kubelet. Counts are since the start of the
// kubelet process.
type Metrics struct {
	// At is when they were read.
	At time.Time
	// Successes and Errors count streams; both are zero and HasPLEG false on 1.26.
	HasPLEG           bool
	Successes, Errors uint64
	// Events counts received events with a sandbox status; EventDelay is the sum of the
	// delays, in seconds.
	Events     uint64
	EventDelay float64
	// Relists counts Generic PLEG's relists.
	Relists uint64
	// Gate is kubernetes_feature_enabled{name="EventedPLEG"}; HasGate whether it is there.
	HasGate, Gate bool
	Stage         string
	// ProcessStart is process_start_time_seconds; zero where it does not exist.
	ProcessStart time.Time
	// CPUSeconds is process_cpu_seconds_total.
	CPUSeconds float64
	// Version is kubernetes_build_info's git_version; "" where it does not exist.
	Version string
}

// AccessMethod is how one try to read the kubelet's protected endpoints went.
type AccessMethod struct {
	// Name says which: "--kubeconfig /path", "read-only port 10255", "/etc/kubernetes/admin.conf".
	Name string
	// Endpoint is "/metrics" or "/configz".
	Endpoint string
	OK       bool
	// Why it did not work: "403 Forbidden: …", "connection refused", "not given". Hint is
	// what to do about that.
	Why, Hint string
}

// Platform is who owns the node's configuration.
type Platform struct {
	Name string
	// Managed reports whether edits of the files are undone or overwritten.
	Managed bool
	// Overwrites says by what and when; Instead where the setting belongs.
	Overwrites, Instead string
}

// Pod is one pod sandbox that is ready on the node.
type Pod struct {
	Namespace, Name string
	Static          bool
	DaemonSet       bool
	// Own reports whether plegctl made it.
	Own bool
}

// Disk is the space where plegctl would write.
type Disk struct {
	Path      string
	FreeBytes uint64
	// Writable, with Why when it is not.
	Writable bool
	Why      string
}

// StateFailed is the state of a transaction whose rollback did not come to its end.
const StateFailed = "failed"

// Transaction is one change of plegctl.
type Transaction struct {
	ID, Command, State string
	At                 time.Time
	// Who ran it, in words: "root (sudo by alice)".
	Who string
	// Reverted says why it was rolled back, "" if it was not.
	Reverted string
}

// Confirm is a change that undoes itself unless it is confirmed.
type Confirm struct {
	ID    string
	Until time.Time
}

// Drift is one file that differs from the record.
type Drift struct {
	Path string
}

// Stimulus is a pod sandbox that plegctl ran and removed, and what the kubelet made of it.
type Stimulus struct {
	// Sandbox is its id; Begin and End bound the time from before it was made until the
	// counter was read again.
	Sandbox    string
	Begin, End time.Time
	// Counted is by how much the kubelet's event counter grew meanwhile.
	Counted Fact[uint64]
	// Streamed reports whether the CRI stream showed events of this sandbox to a second reader.
	Streamed Fact[bool]
	// Logged reports whether the kubelet's log names the sandbox or counts an event meanwhile.
	Logged Fact[bool]
}
