package change

import (
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/source"
)

// What the end of a disable (strict) and of a rollback is worth: "off" only where it was seen.
func TestJudgeOff(t *testing.T) {
	for _, c := range []struct {
		state             verify.State
		gate              bool // in the files
		disable, rollback int
	}{
		{verify.StateOff, false, 0, 0},
		{verify.StateHalf, false, 0, 0},
		{verify.StateInconclusive, false, 4, 4},
		{verify.StateWorks, true, 3, 0}, // a rollback to files that had it on
		{verify.StateWorks, false, 3, 3},
		{verify.StateHarmful, true, 3, 0},
		{verify.StateHarmful, false, 3, 3},
		{verify.StateFellBack, true, 3, 3},
		{verify.StateRestartPending, false, 3, 3},
		{verify.StateBroken, false, 3, 3},
	} {
		var f verify.Facts
		f.Kubelet.Gate = source.Setting[bool]{Assignment: source.Assignment[bool]{Value: c.gate}, Known: true}
		for strict, want := range map[bool]int{true: c.disable, false: c.rollback} {
			if got := judgeOff(verify.Verdict{State: c.state}, f, plan.Verify{Strict: strict}); got.code != want || got.State != string(c.state) {
				t.Errorf("%s, gate %t, disable %t: %+v, want code %d", c.state, c.gate, strict, got, want)
			}
		}
	}
}

// A change whose goal is missed is rolled back, but not where that would turn the feature on
// again without knowing more.
func TestStays(t *testing.T) {
	missed, unsure, pods := &GoalError{Verdict: Verdict{code: 3}}, &GoalError{Verdict: Verdict{code: 4}}, &GoalError{Verdict: Verdict{code: 3}, pods: true}
	for goal, want := range map[plan.Goal][3]bool{
		plan.GoalEnable: {false, false, false}, plan.GoalDisable: {false, true, true}, plan.GoalRollback: {true, true, true},
	} {
		if got := [3]bool{stays(goal, missed), stays(goal, unsure), stays(goal, pods)}; got != want {
			t.Errorf("%s: missed, unsure and pods stay: %v, want %v", goal, got, want)
		}
	}
}
