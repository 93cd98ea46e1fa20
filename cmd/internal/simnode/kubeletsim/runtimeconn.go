package kubeletsim

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// callTime bounds one call, so that a hung runtime cannot hold up a stop.
const callTime = 2 * time.Second

// runtimeConn is the kubelet's own connection to its runtime.
type runtimeConn struct {
	conn *grpc.ClientConn
	cri  runtimeapi.RuntimeServiceClient
}

func dialRuntime(root, endpoint string) (*runtimeConn, error) {
	if endpoint == "" {
		return nil, errors.New("failed to run Kubelet: no container runtime endpoint is configured")
	}
	dial := func(ctx context.Context, _ string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(root, endpoint))
		if op := new(net.OpError); errors.As(err, &op) {
			op.Addr = &net.UnixAddr{Name: endpoint, Net: "unix"} // errors name the socket as the node sees it
		}
		return conn, err
	}
	conn, err := grpc.NewClient("passthrough:///cri",
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithAuthority("localhost"), grpc.WithContextDialer(dial), grpc.WithNoProxy(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(16<<20)),
		// 3 s at most between two connects, as the kubelet's client has it
		// (k8s.io/cri-client pkg/remote_runtime.go); less here, as seconds are shorter.
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, MaxDelay: 200 * time.Millisecond}, MinConnectTimeout: time.Second}),
	)
	if err != nil {
		return nil, err
	}
	return &runtimeConn{conn: conn, cri: runtimeapi.NewRuntimeServiceClient(conn)}, nil
}

func (r *runtimeConn) close() { _ = r.conn.Close() }

func (r *runtimeConn) version(ctx context.Context) (*runtimeapi.VersionResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return r.cri.Version(ctx, &runtimeapi.VersionRequest{})
}

// list asks for what a relist asks for.
func (r *runtimeConn) list(ctx context.Context) ([]*runtimeapi.PodSandbox, []*runtimeapi.Container, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	s, err := r.cri.ListPodSandbox(ctx, &runtimeapi.ListPodSandboxRequest{})
	if err != nil {
		return nil, nil, err
	}
	c, err := r.cri.ListContainers(ctx, &runtimeapi.ListContainersRequest{})
	return s.GetItems(), c.GetContainers(), err
}
