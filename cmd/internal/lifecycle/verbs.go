package lifecycle

import "time"

// change is how long a change may take where every wait comes to its end and nothing fails:
// stop the kubelet, restart the runtime, start the kubelet; wait for both and for the level;
// list the pods before and after.
// back is the way back; what it starts again is given as long once more.
const (
	change = Observation + Drain + 3*MostJob + 3*Wait + Settle + 2*Attempt
	back   = 2 * Undo
)

// Verbs returns the worst case of each verb, with its flags as they are by default.
func Verbs() []Bound {
	return []Bound{
		{"status", Hung, "hung; a moment where everything answers"},
		{"preflight, plan, bundle", Observation, "observation"},
		{"verify", 30*time.Second + 2*Observation, "--wait, the observation before it and one that began at its end"},
		{"verify --stimulus", 30*time.Second + 2*Observation + EventsCounted + CleanUp, "the same, events counted, clean-up"},
		{"measure", time.Minute + 2*Observation, "--for, an observation before and one after it"},
		{"enable, disable, rollback, couple, uncouple", change, "observation, drain, 3 × most job, 3 × wait, settle, 2 × attempt for the pods"},
		{"the same, when it fails", change + back + Attempt + Look, "the same, 2 × undo, attempt, look"},
		{"the same, killed or frozen", Guard + LockWait + back, "guard, lock, 2 × undo: then the guard has ended it, and undone what it did"},
		{"confirm", 2 * Bus, "2 × bus: two timers are disarmed"},
		{"recover", back + 2*Bus, "2 × undo, 2 × bus"},
		{"revert (run by systemd)", 2*LockWait + back, "2 × lock, 2 × undo; and again after revert retry until it is done"},
	}
}
