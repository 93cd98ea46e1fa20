package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// answer is one JSON document of plegctl, and the session that gave it.
type answer struct {
	node.Output
	Kind     string `json:"kind"`
	State    string `json:"state"`
	Rung     string `json:"rung"`
	Changed  bool   `json:"changed"`
	ExitCode int    `json:"exitCode"`
}

// plegctl runs a command on the node as its operator would, with JSON output,
// and holds it to what every command promises: one document on stdout, whose
// exit code is the process's own, and is the one wanted.
func plegctl(t *testing.T, n *node.Node, code int, args string) answer {
	t.Helper()
	return decode(t, n.Run(t.Context(), "plegctl -o json "+args), code)
}

func decode(t *testing.T, out node.Output, code int) answer {
	t.Helper()
	a := answer{Output: out}
	if err := json.Unmarshal([]byte(out.Stdout), &a); err != nil {
		t.Fatalf("stdout is not one JSON document: %v\n%v", err, out)
	}
	if a.ExitCode != out.Code {
		t.Fatalf("the document says exit code %d\n%v", a.ExitCode, out)
	}
	if out.Code != code {
		t.Fatalf("exit code %d, want %d\n%v", out.Code, code, out)
	}
	t.Logf("%s: %s %s %s, exit %d, %v", strings.TrimPrefix(out.Command, "plegctl -o json "), a.Kind, a.State, a.Rung, out.Code, out.Took.Round(time.Millisecond))
	return a
}

// want holds an answer's state.
func (a answer) want(t *testing.T, state string) answer {
	t.Helper()
	if a.State != state {
		t.Fatalf("state %q, want %q\n%v", a.State, state, a.Output)
	}
	return a
}

// wantRung holds an answer's rung.
func (a answer) wantRung(t *testing.T, rung string) answer {
	t.Helper()
	if a.Rung != rung {
		t.Fatalf("rung %q, want %q\n%v", a.Rung, rung, a.Output)
	}
	return a
}

// says holds that the document tells of each of the texts, somewhere.
func (a answer) says(t *testing.T, texts ...string) answer {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.Stdout, text) {
			t.Fatalf("the answer does not say %q\n%v", text, a.Output)
		}
	}
	return a
}

// wantChanged holds whether the run says that it changed the node.
func (a answer) wantChanged(t *testing.T, changed bool) answer {
	t.Helper()
	if a.Changed != changed {
		t.Fatalf("changed is %t\n%v", a.Changed, a.Output)
	}
	return a
}

// has tells whether the document holds the text.
func (a answer) has(text string) bool { return strings.Contains(a.Stdout, text) }
