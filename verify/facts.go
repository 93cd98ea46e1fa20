package verify

import (
	"slices"
	"time"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// Facts are all that was observed of one node at one time. They hold no judgement.
type Facts struct {
	// At is when the observation ended.
	At time.Time
	// Offline reports whether only files were there (--root).
	Offline bool

	Kubelet Kubelet
	Runtime Runtime
	Node    Node
	Own     Own
	// Stimulus is what came of a pod sandbox that was run on purpose.
	Stimulus Fact[Stimulus]
}

// Problems returns the problems of both configurations, fatal ones first.
func (f Facts) Problems() []source.Problem {
	all := slices.Concat(f.Kubelet.Problems, f.Runtime.Problems)
	slices.SortStableFunc(all, func(a, b source.Problem) int {
		switch {
		case a.Fatal() == b.Fatal():
			return 0
		case a.Fatal():
			return -1
		}
		return 1
	})
	return all
}

// Kubelet is what was seen of the kubelet.
type Kubelet struct {
	Unit    Fact[Unit]
	Process Fact[Process]
	// Version's From says whether the running process, the binary or the operator stated it.
	Version Fact[known.Version]

	// Inputs are the command line and the files that make the kubelet's configuration; From
	// says whose command line it is.
	Inputs Fact[kubeletcfg.Inputs]
	// Join reports that these are not there yet: `kubeadm join` will make the configuration,
	// with the patches in this directory on top ("" where drop-ins need none).
	Join Fact[string]
	// Settings are the settings of these inputs that decide how the kubelet can be reached.
	Settings kubeletcfg.Settings
	// Gate is the configured value of EventedPLEG over file, drop-ins and flags.
	Gate source.Setting[bool]
	// Mentions are the places that name the gate.
	Mentions []source.Mention
	// DemandRelist is the configured value of PLEGOnDemandRelist; Explicit reports whether
	// somebody set a gate that the kubelet may not know or has locked.
	DemandRelist source.Setting[bool]
	// Changed is when the newest of all these sources was changed last (files and their
	// directories, by the inode's change time, and the unit's own files).
	Changed Fact[time.Time]
	// Newer are the files of configuration and unit that changed after the process started.
	Newer Fact[[]source.File]
	// Problems are what is wrong or suspicious in the files, each with its place.
	Problems []source.Problem

	// Healthz is the answer of 127.0.0.1:10248/healthz. It says nothing about PLEG.
	Healthz Fact[string]
	// Running is the gate as the running kubelet has it: every source that shows it, best
	// first (configz, metrics, log).
	Running []Fact[bool]
	// Configz is the raw answer of /configz, for callers that compare more than the gate.
	Configz Fact[[]byte]
	Metrics Fact[Metrics]
	// Earlier is a scrape of the same kubelet process before Metrics, where there is one.
	Earlier Fact[Metrics]
	// AccessMethods are those for /metrics and /configz that were tried, in order.
	AccessMethods []AccessMethod
	// Log is what the journal shows of the kubelet's present run.
	Log Fact[*logscan.Run]
}

// Runtime is what was seen of the container runtime.
type Runtime struct {
	// Endpoint is the CRI endpoint, "unix:///…".
	Endpoint Fact[string]
	// Answers reports whether the endpoint answered CRI Version.
	Answers Fact[bool]
	Name    Fact[known.RuntimeName]
	Version Fact[known.Version]
	Unit    Fact[Unit]
	Process Fact[Process]
	// Files are the runtime's configuration files in the order in which it reads them.
	Files Fact[[]source.File]
	// Inputs are the files, command line and environment that Events follows from.
	Inputs runtimecfg.Inputs
	// Mentions are the places that name the setting for container events.
	Mentions []source.Mention
	// KnowsKey reports whether the build has a setting for container events that upstream
	// releases do not have, by its own configuration dump.
	KnowsKey Fact[bool]
	// Refusal is why the runtime's own program does not accept the files as they are, in its
	// words; "" where it accepts them.
	Refusal Fact[string]
	// Events is the configured value: always true (From says so) where there is no switch.
	Events source.Setting[bool]
	// CRIDisabled reports whether the configuration switches containerd's CRI plugin off.
	CRIDisabled source.Setting[bool]
	// Changed is when the newest of the files and their directories was changed last; Newer
	// is as for the kubelet.
	Changed  Fact[time.Time]
	Newer    Fact[[]source.File]
	Problems []source.Problem

	// RunningEvents is what the running process has: every source that shows it, best first.
	RunningEvents []Fact[bool]
	// Streams is the number of event streams that the runtime itself shows as open.
	Streams Fact[int]
}

// Node is what was seen of the machine around the two.
type Node struct {
	Hostname Fact[string]
	Boot     Fact[time.Time]
	// Platform is who owns the files that would be edited.
	Platform Fact[Platform]
	Pods     Fact[[]Pod]
	// StaticPods are the pods that do not come from the API server, which is how the kubelet
	// itself tells them apart: manifests in the static pod directory, a URL, else what runs.
	StaticPods Fact[[]string]
	// Name is the name of the node in its cluster.
	Name Fact[string]
	// Joined reports whether the kubelet has a credential for its API server.
	Joined Fact[bool]
	// APIServer reports whether the kubelet's API server answers from here.
	APIServer Fact[bool]
	Disks     []Disk
	// ClockSynced reports whether the kernel's clock is disciplined.
	ClockSynced Fact[bool]
	// Bus reports whether systemd answers over D-Bus; JournalReadable that entries come back.
	Bus             Fact[string]
	JournalReadable Fact[bool]
	// Root reports whether plegctl may write as root.
	Root Fact[bool]
}

// Own is plegctl's own state on this node, read by the change room.
type Own struct {
	// LockHolder is who holds the lock; "" when it is free.
	LockHolder Fact[string]
	// Open is the transaction that a crash left open, if any.
	Open *Transaction
	// Last is the newest transaction that ended, if any.
	Last *Transaction
	// Confirm is set while a change waits for `confirm`.
	Confirm *Confirm
	// Drift are files that are not what plegctl last wrote.
	Drift []Drift
	// Written are the files that plegctl wrote and nobody changed since.
	Written []string
	// Coupled reports whether the kubelet restarts with the runtime by a unit drop-in of ours.
	Coupled Fact[bool]
	// Problem says why the record could not be read; "" when it was (or there is none).
	Problem string
	// Damaged reports whether the record itself is damaged, or others can change it: not
	// even plegctl believes it then.
	Damaged bool
}
