package cmd

import "github.com/rogpeppe/go-internal/testscript"

// simCommands drive the simulated node from a script.
func simCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return nil
}
