//go:build !failpoint

package failpoint

import "testing"

// A released binary cannot be broken from outside.
func TestNormalBuildIgnoresTheVariable(t *testing.T) {
	t.Setenv("FAILPOINT_PLEGCTL", "x=panic")
	if err := Hit("x"); err != nil || Enabled {
		t.Errorf("%v, enabled %v", err, Enabled)
	}
}
