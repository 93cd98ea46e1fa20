package known

// Gate is the name of the feature gate, spelled as the kubelet spells it.
const Gate = "EventedPLEG"

// MaxStreamRetries is how many failed event streams a kubelet survives in its life before
// it stops retrying until it is restarted (kubernetes v1.26.15 to v1.37.2,
// pkg/kubelet/kubelet.go and pleg/evented.go, eventedPlegMaxStreamRetries). There is no
// delay between the tries and the count is never reset.
const MaxStreamRetries = 5

// Stage is the maturity of the feature gate in one kubelet version.
type Stage string

// The stages that EventedPLEG has been in.
const (
	StageAbsent Stage = ""
	StageAlpha  Stage = "ALPHA"
	StageBeta   Stage = "BETA"
)

// Design is how a kubelet uses container events.
type Design int

const (
	// DesignNone means that the kubelet knows no Evented PLEG (1.25 and earlier).
	DesignNone Design = iota
	// DesignCache means that events write the pod cache; Generic PLEG slows to 300 s while the
	// stream is up (1.26 to 1.36, pkg/kubelet/pleg/evented.go).
	DesignCache
	// DesignHint means that an event of a stopped container only asks for an early relist;
	// Generic PLEG keeps its second (1.37, kubernetes/kubernetes#139262).
	DesignHint
)

// ConfigDirSupport is how a kubelet version treats --config-dir.
type ConfigDirSupport int

// See facts per constant: kubernetes v1.28.15 cmd/kubelet/app/server.go:215, v1.29.15:222, v1.30 on.
const (
	// ConfigDirNone: the flag does not exist (1.27 and earlier).
	ConfigDirNone ConfigDirSupport = iota
	// ConfigDirNeedsEnv: the kubelet refuses to start with it unless
	// KUBELET_CONFIG_DROPIN_DIR_ALPHA is set (1.28, 1.29).
	ConfigDirNeedsEnv
	// ConfigDirPlain: no more is needed than the flag (1.30 and later).
	ConfigDirPlain
)

// Kubelet is what is known of one kubelet version.
type Kubelet struct {
	Version Version
	// Stage of the gate; StageAbsent where the kubelet refuses to start with it.
	Stage     Stage
	Design    Design
	ConfigDir ConfigDirSupport
}

// KubeletAt says what is known of the kubelet at v. For a version that is newer than
// [NewestKubelet] it answers as for that one; callers tell their user so.
func KubeletAt(v Version) Kubelet {
	k := Kubelet{Version: v}
	if v.IsZero() || v.MinorLess(1, 26) {
		return k
	}
	k.Stage = stageAt(v)
	k.Design = DesignHint
	if v.MinorLess(1, 37) {
		k.Design = DesignCache
	}
	switch {
	case v.MinorLess(1, 28):
	case v.MinorLess(1, 30):
		k.ConfigDir = ConfigDirNeedsEnv
	default:
		k.ConfigDir = ConfigDirPlain
	}
	return k
}

// NewestKubelet is the newest kubelet whose source was read for this table.
func NewestKubelet() Version { return V(1, 37, 2) }

// GateExists reports whether the kubelet starts with the gate set.
func (k Kubelet) GateExists() bool { return k.Stage != StageAbsent }

// stageAt: beta (and off) only in 1.27.0–1.27.9, 1.28.0–1.28.5 and 1.29.0; it was demoted
// by kubernetes/kubernetes#122697 (kube_features.go of those tags).
func stageAt(v Version) Stage {
	for _, beta := range []struct{ minor, lastPatch uint }{{27, 9}, {28, 5}, {29, 0}} {
		if v.Major == 1 && v.Minor == beta.minor && v.Patch <= beta.lastPatch {
			return StageBeta
		}
	}
	return StageAlpha
}
