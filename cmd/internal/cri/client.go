// Package cri talks to a container runtime over its CRI endpoint: version, status, pod
// sandboxes, the stream of container events, and the one stimulus that plegctl gives.
// It knows CRI-O's HTTP inspection on the same socket too.
//
// It changes nothing but the pod sandboxes that it makes itself ([Client.Stimulate]), and
// it judges nothing: an error says what kind of refusal it is ([KindOf]), and what that
// means for Evented PLEG is decided in package verify. Start with [Dial].
package cri

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// maxMessage is the receive limit that the kubelet's own client uses, in bytes
// (k8s.io/cri-client pkg/remote_runtime.go, maxMsgSize).
const maxMessage = 16 << 20

// Client is a connection to one CRI endpoint. Its methods may be called from several
// goroutines. Every call keeps to the deadline of its context.
type Client struct {
	socket  string
	conn    *grpc.ClientConn
	runtime runtimeapi.RuntimeServiceClient
	images  runtimeapi.ImageServiceClient

	// proven must all be nil for the other end of a connection before anything is sent.
	proven []func(net.Conn) error

	mu     sync.Mutex
	dialed error // outcome of the latest connect
}

// Dial prepares a client for the unix socket at path; "unix://" in front is allowed.
// Nothing is connected before the first call, so a missing socket shows there. Where proven
// says that another program answers, every call fails with [KindForeign] and sends nothing.
func Dial(path string, proven ...func(net.Conn) error) (*Client, error) {
	c := &Client{socket: strings.TrimPrefix(path, "unix://"), proven: proven}
	conn, err := grpc.NewClient("passthrough:///cri",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithAuthority("localhost"),
		grpc.WithContextDialer(c.dial),
		grpc.WithNoProxy(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)),
		// A runtime that restarts is back within moments; grpc's own back-off of up
		// to two minutes would hide that.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 500 * time.Millisecond},
			MinConnectTimeout: lifecycle.Answer,
		}),
	)
	if err != nil {
		return nil, &Error{Call: "dial", Socket: c.socket, Err: err}
	}
	c.conn = conn
	c.runtime = runtimeapi.NewRuntimeServiceClient(conn)
	c.images = runtimeapi.NewImageServiceClient(conn)
	return c, nil
}

// Socket is the path that was dialled.
func (c *Client) Socket() string { return c.socket }

// Close ends the connection and with it every open stream.
func (c *Client) Close() error { return c.conn.Close() }

// dial connects and remembers how it went: grpc only passes the text of the error on, and
// "permission denied" must differ from "no such file".
func (c *Client) dial(ctx context.Context, _ string) (net.Conn, error) {
	conn, err := c.connect(ctx)
	c.mu.Lock()
	c.dialed = err
	c.mu.Unlock()
	return conn, err
}

// connect connects to the socket and sees who answers.
func (c *Client) connect(ctx context.Context) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", c.socket)
	if err != nil {
		return nil, err
	}
	for _, proven := range c.proven {
		if err := proven(conn); err != nil {
			return nil, errors.Join(&foreignError{err}, conn.Close())
		}
	}
	return conn, nil
}

// Version is how a runtime introduces itself.
type Version struct {
	// Name is "containerd" or "cri-o".
	Name string
	// Version is as the runtime spells it, with or without "v" and suffixes.
	Version string
	// API is the CRI version, "v1".
	API string
}

// Version asks the runtime who it is. It is the first call to make: where it answers, an
// unimplemented event stream is the runtime's age and not a missing CRI service.
func (c *Client) Version(ctx context.Context) (Version, error) {
	r, err := c.runtime.Version(ctx, &runtimeapi.VersionRequest{})
	if err != nil {
		return Version{}, c.failed("Version", err)
	}
	return Version{Name: r.GetRuntimeName(), Version: r.GetRuntimeVersion(), API: r.GetRuntimeApiVersion()}, nil
}
