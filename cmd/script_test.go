package cmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/settings"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
)

// The scripts in testdata/script are sessions at a terminal: `plegctl ARGS` runs the
// command tree in this process, on a directory (--root) or on the simulated node that
// `sim start` made; `exit N` holds the exit code of the run before it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[sessionKey{}] = newSession(env)
			return nil
		},
		Cmds: scriptCommands(),
	})
}

func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	commands := map[string]func(*testscript.TestScript, bool, []string){
		"plegctl": scriptPlegctl,
		"exit":    scriptExit,
	}
	maps.Copy(commands, simCommands())
	return commands
}

type sessionKey struct{}

// session is what one script shares between its lines.
type session struct {
	host *node.Host // nil: the real machine's rules, so --root or an error
	sim  *simnode.Node
	// faults are what `sim fault` broke.
	faults *faults
	// timer has one value for each command of a timer that has ended.
	timer chan struct{}
	files map[string][]byte
	code  int
	ran   bool
}

func newSession(env *testscript.Env) *session {
	s := &session{}
	env.Defer(func() {
		if s.sim != nil {
			_ = s.sim.Close()
		}
	})
	return s
}

func sessionOf(ts *testscript.TestScript) *session { return ts.Value(sessionKey{}).(*session) }

func scriptPlegctl(ts *testscript.TestScript, neg bool, args []string) {
	s := sessionOf(ts)
	var out, errs bytes.Buffer
	for i, arg := range args {
		// Paths of the script are seen from its work directory.
		if rest, ok := strings.CutPrefix(arg, "@/"); ok {
			args[i] = ts.MkAbs(rest)
		}
	}
	deps := testDeps(s.host, &out, &errs, ts.Getenv)
	if s.sim != nil {
		// A root of its own for each command, and the faults of this moment.
		deps.Host = func(context.Context, settings.Settings) (*node.Host, error) { return s.faults.host(s.sim), nil }
	}
	s.code = Main(context.Background(), args, deps)
	s.ran = true
	fmt.Fprint(ts.Stdout(), out.String())
	fmt.Fprint(ts.Stderr(), errs.String())
	if wrong := checkHints(args, out.String(), errs.String()); len(wrong) > 0 {
		ts.Fatalf("plegctl %s: %s\n%s%s", strings.Join(args, " "), strings.Join(wrong, "\n"), out.String(), errs.String())
	}
	if neg && s.code == 0 {
		ts.Fatalf("plegctl %s: exit 0, want a failure\n%s%s", strings.Join(args, " "), out.String(), errs.String())
	}
	if !neg && s.code != 0 {
		ts.Fatalf("plegctl %s: exit %d\n%s%s", strings.Join(args, " "), s.code, out.String(), errs.String())
	}
}

func scriptExit(ts *testscript.TestScript, _ bool, args []string) {
	s := sessionOf(ts)
	want, err := strconv.Atoi(strings.Join(args, ""))
	ts.Check(err)
	if !s.ran || s.code != want {
		ts.Fatalf("exit code %d, want %d", s.code, want)
	}
}

// testDeps are the real machine's, but for streams, environment and, where host is not
// nil, the node.
func testDeps(host *node.Host, out, errs io.Writer, getenv func(string) string) *Deps {
	deps := HostDeps()
	deps.Streams = Streams{In: strings.NewReader(""), Out: out, Err: errs}
	deps.Getenv, deps.Environ = getenv, nil
	deps.Now = time.Now
	if host != nil {
		deps.Host = func(context.Context, settings.Settings) (*node.Host, error) {
			// Each command closes the root of its host.
			root, err := hostfs.Open(host.Root.Dir())
			fresh := *host
			fresh.Root = root
			return &fresh, err
		}
	}
	return deps
}
