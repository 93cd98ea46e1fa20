package cri

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/cmd/internal/intruder"
	"github.com/plegctl/plegctl/cmd/internal/procfs"
)

func TestMain(m *testing.M) {
	os.Exit(intruder.Main(m, map[string]intruder.Role{"runtime": playRuntime}))
}

// playRuntime is another user's CRI server, which claims to be a good CRI-O.
func playRuntime(args []string, ready func(string)) error {
	listener, err := net.Listen("unix", args[0])
	if err != nil {
		return err
	}
	if err := os.Chmod(args[0], 0o777); err != nil {
		return err
	}
	server := grpc.NewServer()
	runtimeapi.RegisterRuntimeServiceServer(server, claim{})
	go func() { _ = server.Serve(listener) }()
	ready(args[0])
	return nil
}

type claim struct {
	runtimeapi.UnimplementedRuntimeServiceServer
}

func (claim) Version(context.Context, *runtimeapi.VersionRequest) (*runtimeapi.VersionResponse, error) {
	return &runtimeapi.VersionResponse{RuntimeName: "cri-o", RuntimeVersion: "1.36.3"}, nil
}

func TestAnotherUsersSocketIsNotAsked(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	pid, socket := intruder.Start(t, "runtime", "crio", filepath.Join(dir, "crio.sock"))
	table := procfs.New("/proc", nil)
	proven := func(conn net.Conn) error {
		peer, err := table.Peer(conn)
		if err == nil && peer.UID != 0 {
			err = errors.New("the socket belongs to another process")
		}
		if peer.PID != pid || peer.UID != intruder.UID {
			t.Errorf("the kernel names process %d of user %d, want %d", peer.PID, peer.UID, pid)
		}
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	ask := func(proven ...func(net.Conn) error) []error {
		client, err := Dial(socket, proven...)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		_, version := client.Version(ctx)
		_, config := client.RunningConfig(ctx)
		return []error{version, config}
	}
	if errs := ask(); errs[0] != nil {
		t.Fatalf("the fake runtime does not answer: %v", errs[0])
	}
	for _, err := range ask(proven) {
		if KindOf(err) != KindForeign || !strings.Contains(err.Error(), "belongs to another process") {
			t.Errorf("%v", err)
		}
	}
}
