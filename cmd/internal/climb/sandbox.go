package climb

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
)

// sandbox is a pod sandbox of our own that was run and removed.
type sandbox struct {
	id      string
	removed time.Time
	// streamed reports whether a second reader of the event stream saw events of it.
	streamed verify.Fact[bool]
}

// runSandbox runs one pod sandbox and removes it. With watch it reads the event stream
// itself meanwhile, where this runtime supports a second reader.
func runSandbox(ctx context.Context, h *node.Host, r verify.Runtime, watch bool) (sandbox, error) {
	if !r.Endpoint.Seen {
		return sandbox{}, errors.New("the CRI endpoint is not known: " + r.Endpoint.Why)
	}
	client, err := h.DialRuntime(ctx, r.Endpoint.Value, r.Unit.Value.Name)
	if err != nil {
		return sandbox{}, err
	}
	// The sandbox is gone by then, or its clean-up has failed, which was reported.
	defer func() { _ = client.Close() }()
	var out sandbox
	seen := make(chan string, 64)
	if watch {
		out.streamed = secondReader(r)
	}
	if out.streamed.Seen {
		stop, err := client.Watch(ctx, func(e cri.Event) {
			select {
			case seen <- e.ContainerID:
			default: // more than enough were seen
			}
		})
		if err != nil {
			out.streamed = verify.Unseen[bool](strings.ReplaceAll(err.Error(), "\n", "; "), hint.Of(err))
		} else {
			defer stop()
			// The runtime takes the subscription and the sandbox on separate threads.
			time.Sleep(lifecycle.Poll)
		}
	}
	run, err := client.Stimulate(ctx, h.Now)
	if err != nil {
		return sandbox{}, err
	}
	out.id, out.removed = run.SandboxID, run.Removed
	if out.streamed.Seen {
		out.streamed = verify.Seen(names(seen, run.SandboxID), "CRI GetContainerEvents")
	}
	return out, nil
}

// secondReader reports whether a second reader does no harm.
func secondReader(r verify.Runtime) verify.Fact[bool] {
	k := known.RuntimeAt(r.Name.Value, r.Version.Value)
	if k.Events != known.EventsBroadcast || k.ProbeCrash {
		return verify.Unseen[bool]("a second reader of the event stream would do harm on this runtime", "")
	}
	return verify.Seen(false, "")
}

// names waits a moment for an event of the sandbox.
func names(seen <-chan string, sandbox string) bool {
	late := time.After(lifecycle.Attempt)
	for {
		select {
		case id := <-seen:
			if id == sandbox {
				return true
			}
		case <-late:
			return false
		}
	}
}
