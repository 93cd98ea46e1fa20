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

// connect makes the kubelet's own connection to its runtime.
func (k *Kubelet) connect() (*grpc.ClientConn, error) {
	if k.config.endpoint == "" {
		return nil, errors.New("failed to run Kubelet: no container runtime endpoint is configured")
	}
	dial := func(ctx context.Context, _ string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(k.opts.Root, k.config.endpoint))
		if op := new(net.OpError); errors.As(err, &op) {
			op.Addr = &net.UnixAddr{Name: k.config.endpoint, Net: "unix"} // errors name the socket as the node sees it
		}
		return conn, err
	}
	// 3 s at most between two connects, as the kubelet's client has it (k8s.io/cri-client
	// pkg/remote_runtime.go); less here, as seconds are shorter.
	pace := grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, MaxDelay: 200 * time.Millisecond}, MinConnectTimeout: time.Minute}
	return grpc.NewClient("passthrough:///cri", grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithAuthority("localhost"),
		grpc.WithContextDialer(dial), grpc.WithNoProxy(), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(16<<20)), grpc.WithConnectParams(pace))
}

// list asks for what a relist asks for.
func (k *Kubelet) list(ctx context.Context) ([]*runtimeapi.PodSandbox, []*runtimeapi.Container, error) {
	s, err := k.cri.ListPodSandbox(ctx, &runtimeapi.ListPodSandboxRequest{})
	if err != nil {
		return nil, nil, err
	}
	c, err := k.cri.ListContainers(ctx, &runtimeapi.ListContainersRequest{})
	return s.GetItems(), c.GetContainers(), err
}
