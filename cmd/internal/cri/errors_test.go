package cri

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/plegctl/plegctl/cmd/internal/hint"
)

func TestClassify(t *testing.T) {
	denied := &net.OpError{Op: "dial", Err: syscall.EACCES}
	missing := &net.OpError{Op: "dial", Err: syscall.ENOENT}
	for _, c := range []struct {
		err, dialed error
		want        Kind
	}{
		{io.EOF, nil, KindEnded},
		{status.Error(codes.Unimplemented, "unknown service runtime.v1.RuntimeService"), nil, KindNoService},
		{status.Error(codes.Unimplemented, "unknown method GetContainerEvents for service runtime.v1.RuntimeService"), nil, KindNoMethod},
		{status.Error(codes.Unimplemented, "method GetContainerEvents not implemented"), nil, KindNoMethod},
		// containerd 1.7 says it with Unknown, 2.x with Unavailable.
		{status.Error(codes.Unknown, "server is not initialized yet"), nil, KindStarting},
		{status.Error(codes.Unavailable, "server is not initialized yet"), nil, KindStarting},
		{status.Error(codes.Unavailable, "connection error"), missing, KindUnreachable},
		{status.Error(codes.Unavailable, "connection error"), denied, KindPermission},
		{status.Error(codes.Unavailable, "error reading from server: EOF"), nil, KindUnreachable},
		{status.Error(codes.DeadlineExceeded, "context deadline exceeded"), nil, KindTimeout},
		{status.Error(codes.Canceled, "context canceled"), nil, KindCancelled},
		{status.Error(codes.NotFound, "no such sandbox"), nil, KindNotFound},
		{status.Error(codes.Unknown, "could not find pod sandbox: not found"), nil, KindNotFound},
		{status.Error(codes.Unknown, "something else"), nil, KindOther},
		{status.Error(codes.Internal, "not initialized yet"), nil, KindOther},
		{errors.New("plain"), denied, KindOther},
		{context.DeadlineExceeded, nil, KindTimeout},
	} {
		if got := classify(c.err, c.dialed); got != c.want {
			t.Errorf("%v (dialled: %v): %v, want %v", c.err, c.dialed, got, c.want)
		}
	}
}

func TestErrorsAreWrappedAndHinted(t *testing.T) {
	c, err := Dial(filepath.Join(t.TempDir(), "none.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err = c.Version(ctx)
	err = fmt.Errorf("look at the runtime: %w", err)
	if KindOf(err) != KindUnreachable || hint.Of(err) == "" {
		t.Errorf("%v, hint %q", err, hint.Of(err))
	}
	if !strings.Contains(err.Error(), "call Version at "+c.Socket()) {
		t.Errorf("it does not say what was called where: %v", err)
	}
	if KindOf(errors.New("another")) != KindOther || KindOf(nil) != KindOther {
		t.Error("an error of somebody else has a kind")
	}
}

func TestEveryKindHasAWord(t *testing.T) {
	for k := KindOther; k <= KindForeign; k++ {
		if k.String() == "" {
			t.Errorf("kind %d", k)
		}
	}
}

func TestHTTPKinds(t *testing.T) {
	for _, c := range []struct {
		err  error
		want Kind
	}{
		{&net.OpError{Op: "dial", Err: syscall.ENOENT}, KindUnreachable},
		{&net.OpError{Op: "dial", Err: syscall.EACCES}, KindPermission},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, KindNoMethod},
		{context.DeadlineExceeded, KindTimeout},
		{context.Canceled, KindCancelled},
		{&fs.PathError{Err: fs.ErrPermission}, KindPermission},
	} {
		if got := httpKind(c.err); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}

func TestPodEventsOfStatus(t *testing.T) {
	for text, want := range map[string][2]bool{
		`{"sandboxImage":"p","crio":{"EnablePodEvents":true}}`: {true, true},
		`{"crio":{"EnablePodEvents":false}}`:                   {false, true},
		`{"sandboxImage":"p"}`:                                 {false, false},
		`{"crio":{"EnablePodEvents":"true"}}`:                  {false, false},
		`not JSON`:                                             {false, false},
		``:                                                     {false, false},
	} {
		on, known := Status{Info: map[string]string{"config": text}}.PodEvents()
		if on != want[0] || known != want[1] {
			t.Errorf("%s: %v, %v", text, on, known)
		}
	}
}

func TestUIDsAreRandomUUIDs(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		uid := newUID()
		if len(uid) != 36 || uid[14] != '4' || seen[uid] {
			t.Fatalf("%q", uid)
		}
		seen[uid] = true
	}
}
