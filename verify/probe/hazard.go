package probe

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
)

// Hazard is a harm that a second reader of the event stream can do.
type Hazard struct {
	// Risk is the name under which it can be accepted.
	Risk string
	// Why says what would happen.
	Why string
	// Advice is what to do instead.
	Advice string
}

// Hazards are those of a runtime, none where it allows a second reader. Of a runtime whose
// version is not known both are possible.
func Hazards(r known.Runtime) []Hazard {
	info, listed := known.RuntimeInfoOf(r.Name)
	unsure := r.Version.IsZero() && listed
	has := "has"
	if unsure {
		has = "may have"
	}
	var list []Hazard
	if r.ProbeTheft || unsure {
		list = append(list, Hazard{
			Risk:   "probe-theft",
			Why:    fmt.Sprintf("%s %s one queue for all readers: every event that the probe reads is lost to the kubelet", naming(r), has),
			Advice: "upgrade to containerd 2.0.3 or CRI-O 1.33, or stop the kubelet first",
		})
	}
	if r.ProbeCrash || unsure && info.CrashesOnLeave {
		list = append(list, Hazard{
			Risk:   "probe-crash",
			Why:    fmt.Sprintf("%s can crash when a reader of its events goes away (cri-o/cri-o#9004)", naming(r)),
			Advice: "upgrade CRI-O to 1.33 or later",
		})
	}
	return list
}
