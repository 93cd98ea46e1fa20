//go:build !failpoint

package failpoint

// Enabled tells whether this build can be broken on purpose.
const Enabled = false

// Hit does nothing and returns nil in this build.
func Hit(string) error { return nil }
