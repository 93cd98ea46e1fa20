package node

import (
	"context"
	"errors"
	"time"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
)

// Stimulated is a pod sandbox of our own that was run and removed.
type Stimulated struct {
	Sandbox string
	Removed time.Time
	// Streamed tells that a second reader of the event stream saw events of the sandbox.
	Streamed verify.Fact[bool]
}

// Stimulate runs one pod sandbox and removes it. With watch it reads the event stream
// itself meanwhile, where this runtime bears a second reader.
func Stimulate(ctx context.Context, h *Host, r verify.Runtime, watch bool) (Stimulated, error) {
	if !r.Endpoint.Seen {
		return Stimulated{}, errors.New("the CRI endpoint is not known: " + r.Endpoint.Why)
	}
	s := &sight{host: h}
	client, err := s.dial(r.Endpoint.Value)
	if err != nil {
		return Stimulated{}, err
	}
	// The sandbox is gone by then, or its clean-up has failed, which was told.
	defer func() { _ = client.Close() }()
	var out Stimulated
	seen := make(chan string, 64)
	if watch {
		out.Streamed = bearsReader(r)
	}
	if out.Streamed.Seen {
		stop, err := listen(ctx, client, seen)
		if err != nil {
			out.Streamed = unseen[bool](err)
		} else {
			defer stop()
			// The runtime takes the subscription and the sandbox on separate threads.
			time.Sleep(100 * time.Millisecond)
		}
	}
	run, err := client.Stimulate(ctx, h.Now)
	if err != nil {
		return Stimulated{}, err
	}
	out.Sandbox, out.Removed = run.SandboxID, run.Removed
	if out.Streamed.Seen {
		out.Streamed = verify.Seen(names(seen, run.SandboxID), "CRI GetContainerEvents")
	}
	return out, nil
}

// bearsReader tells whether a second reader does no harm.
func bearsReader(r verify.Runtime) verify.Fact[bool] {
	k := known.RuntimeAt(r.Name.Value, r.Version.Value)
	if k.Events != known.EventsBroadcast || k.ProbeCrash {
		return verify.Unseen[bool]("a second reader of the event stream would do harm on this runtime", "")
	}
	return verify.Seen(false, "")
}

// listen opens the event stream and hands on which containers and sandboxes it names,
// until stop, which reads the stream empty.
func listen(ctx context.Context, client *runtimeClient, seen chan<- string) (stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := client.Events(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			event, err := stream.Recv()
			if err != nil {
				return
			}
			select {
			case seen <- event.ContainerID:
			default: // more than enough were seen; the stream must be drained all the same
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}, nil
}

// names waits a moment for an event of the sandbox.
func names(seen <-chan string, sandbox string) bool {
	late := time.After(2 * time.Second)
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
