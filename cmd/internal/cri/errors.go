package cri

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/plegctl/plegctl/cmd/internal/hint"
)

// Kind is what an error of the CRI endpoint means.
type Kind int

// The kinds. See facts in k8s.io/cri-api and in the runtimes' servers per constant.
const (
	// KindOther: none of the below.
	KindOther Kind = iota
	// KindUnreachable: nothing answers at the socket (missing, refused, or the
	// runtime went away during the call).
	KindUnreachable
	// KindPermission: this user has no permission to open the socket.
	KindPermission
	// KindNoMethod: the runtime answers and does not have this call: it is too old
	// (containerd before 1.7, CRI-O 1.24 and before, for GetContainerEvents).
	KindNoMethod
	// KindNoService: there is no CRI service behind the socket: containerd's CRI
	// plugin is disabled or failed to load.
	KindNoService
	// KindStarting: the CRI service is not initialised yet; try again.
	KindStarting
	// KindTimeout: no answer within the deadline.
	KindTimeout
	// KindCancelled: our own side stopped retrying.
	KindCancelled
	// KindEnded: the runtime ended the event stream cleanly. At once, it is how CRI-O
	// says that its pod events are off (cri-o v1.26.0 to v1.36.3,
	// server/container_events.go); later, it is a runtime that stopped.
	KindEnded
	// KindNotFound: no such sandbox, container or image.
	KindNotFound
	// KindForeign: the socket is not the runtime's; it was not asked.
	KindForeign
)

// String is the kind in words.
func (k Kind) String() string {
	return [...]string{
		"failed", "unreachable", "permission denied", "call not known to this runtime",
		"no CRI service", "still starting", "no answer in time", "cancelled", "stream ended", "not found",
		"not asked",
	}[k]
}

// Error is a failed call to a CRI endpoint.
type Error struct {
	// Call is the CRI call, "GetContainerEvents", or the path of an HTTP request.
	Call string
	// Socket is the endpoint's path.
	Socket string
	Kind   Kind
	Err    error
}

func (e *Error) Error() string {
	return fmt.Sprintf("call %s at %s: %s: %v", e.Call, e.Socket, e.Kind, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the first [Error] in err's chain, KindOther where there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindOther
}

func (c *Client) failed(call string, err error) error {
	c.mu.Lock()
	dialed := c.dialed
	c.mu.Unlock()
	kind := classify(err, dialed)
	if dialed != nil && (kind == KindForeign || kind == KindUnreachable || kind == KindPermission) {
		err = dialed // without grpc's words around it
	}
	return hint.With(&Error{Call: call, Socket: c.socket, Kind: kind, Err: err}, hintFor(kind))
}

// foreignError tells who answers in place of the runtime.
type foreignError struct{ error }

func (e *foreignError) Unwrap() error { return e.error }

func classify(err, dialed error) Kind {
	if errors.Is(err, io.EOF) {
		return KindEnded
	}
	if foreign := (*foreignError)(nil); errors.As(dialed, &foreign) {
		return KindForeign
	}
	said := status.Convert(err)
	switch said.Code() {
	case codes.Unimplemented:
		if strings.Contains(said.Message(), "unknown service") {
			return KindNoService
		}
		return KindNoMethod
	case codes.DeadlineExceeded:
		return KindTimeout
	case codes.Canceled:
		return KindCancelled
	case codes.NotFound:
		return KindNotFound
	case codes.Unavailable, codes.Unknown:
		return classifyUnavailable(said, err, dialed)
	}
	return KindOther
}

func classifyUnavailable(said *status.Status, err, dialed error) Kind {
	switch {
	case strings.Contains(said.Message(), "not initialized yet"):
		return KindStarting
	case errors.Is(err, context.DeadlineExceeded):
		return KindTimeout
	case errors.Is(err, context.Canceled):
		return KindCancelled
	case errors.Is(err, fs.ErrPermission), said.Code() == codes.Unavailable && errors.Is(dialed, fs.ErrPermission):
		return KindPermission
	case said.Code() == codes.Unavailable, errors.Is(err, fs.ErrNotExist):
		return KindUnreachable
	case strings.Contains(strings.ToLower(said.Message()), "not found"):
		return KindNotFound
	}
	return KindOther
}

func hintFor(kind Kind) string {
	switch kind {
	case KindUnreachable:
		return "check that the container runtime runs and that this is its socket (systemctl status containerd crio)"
	case KindPermission:
		return "run as root, or as a member of the group that owns the socket"
	case KindNoMethod:
		return "upgrade the runtime: containerd 1.7 (better 2.0.3) or CRI-O 1.26 (better 1.33) and later send container events"
	case KindNoService:
		return `containerd's CRI plugin is off or failed: look for disabled_plugins in its config, and for "failed to load plugin" in its journal`
	case KindStarting:
		return "the runtime is still starting: try again in some seconds"
	case KindTimeout:
		return "the runtime hangs, or the time was too short (--timeout)"
	}
	return ""
}
