package cmd

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// testdata/nodes holds small copies of nodes on which an earlier version took an assumption
// for evidence. Each script says what is true, what comes out, and what must not.
func TestNodes(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/nodes",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Values[sessionKey{}] = newSession(env)
			return nil
		},
		Cmds: scriptCommands(),
	})
}
