package kubelet

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/intruder"
	"github.com/plegctl/plegctl/cmd/internal/procfs"
)

func TestMain(m *testing.M) {
	os.Exit(intruder.Main(m, map[string]intruder.Role{"kubelet": playKubelet}))
}

// playKubelet is another user's server on a port of the kubelet's, with a certificate that
// was given to it. It keeps what it is shown.
func playKubelet(args []string, ready func(string)) error {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = os.WriteFile(args[0], []byte(r.Header.Get("Authorization")), 0o600)
		fmt.Fprintln(w, "ok")
	}))
	if args[1] == "tls" {
		server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
		server.StartTLS()
	} else {
		server.Start()
	}
	ready(server.Listener.Addr().String())
	return nil
}

func TestAnotherUserOnTheKubeletsPorts(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	stolen := filepath.Join(dir, "stolen")
	table := procfs.New("/proc", nil)
	target := Target{Owner: func(conn net.Conn) error {
		peer, err := table.Peer(conn, os.Getpid())
		if err == nil && peer.PID != os.Getpid() {
			err = errors.New("held by another process")
		}
		return err
	}}
	_, secure := intruder.Start(t, "kubelet", "kubelet", stolen, "tls")
	_, plain := intruder.Start(t, "kubelet", "kubelet", stolen, "plain")
	target.Port, target.ReadOnlyPort = port(t, secure), port(t, plain)
	target.HealthzPort = target.ReadOnlyPort
	token, err := TokenCredential([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	_, tried, err := Ask(context.Background(), target, "/metrics", []AccessMethod{{Name: "token", Credential: token}, {Name: "read-only port"}})
	if !errors.Is(err, ErrNoAccess) || len(tried) != 2 {
		t.Errorf("its metrics count: %v, %+v", err, tried)
	}
	if said, err := Healthz(context.Background(), target); err == nil {
		t.Errorf("its health counts: %q", said)
	}
	if got, err := os.ReadFile(stolen); err == nil && len(got) > 0 {
		t.Errorf("it was shown %q", got)
	}
}

func port(t *testing.T, address string) int {
	t.Helper()
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
