package kubelet

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// Target is where one kubelet listens, and how its answers are known for its own.
type Target struct {
	// Address is where the two other ports are reached, HealthzAddress the healthz port; ""
	// is "127.0.0.1".
	Address, HealthzAddress string
	// Port serves TLS with authentication (10250), ReadOnlyPort plain HTTP (10255) and
	// HealthzPort the ping (10248); 0 means that the port is off.
	Port, ReadOnlyPort, HealthzPort int
	// Owner reports, as nil, that a process of the kubelet holds the other end of an accepted
	// connection. Without it only a certificate can prove who answers.
	Owner func(net.Conn) error
	// Serving are the certificates that the kubelet's own files say it serves with.
	Serving []*x509.Certificate
	// CAs are authorities that may have signed it.
	CAs []*x509.Certificate
}

// maxAnswer bounds an answer, in bytes; /metrics of a full node has a few MiB.
const maxAnswer = 64 << 20

// hostPort is where to connect to; a kubelet that listens everywhere is asked on the loopback.
func hostPort(address string, port int) string {
	if ip := net.ParseIP(address); address == "" || ip != nil && ip.IsUnspecified() {
		address = "127.0.0.1"
	}
	return net.JoinHostPort(address, strconv.Itoa(port))
}

// Healthz asks the healthz port. "ok" is a ping: it says nothing about PLEG or the runtime
// (kubernetes v1.37.2 cmd/kubelet/app/server.go:992).
func Healthz(ctx context.Context, t Target) (string, error) {
	if t.HealthzPort == 0 {
		return "", fmt.Errorf("ask the kubelet's healthz: the port is off (healthzPort: 0)")
	}
	body, err := t.plain(ctx, t.HealthzAddress, t.HealthzPort, "/healthz")
	if err != nil {
		return "", fmt.Errorf("ask the kubelet's healthz: %w", err)
	}
	return strings.TrimSpace(string(body)), nil
}

// get is one GET; an answer other than 200 is a [*StatusError]. proven, where it is not nil,
// decides before the answer is looked at whether it counts.
func get(ctx context.Context, transport *http.Transport, url, token string, proven func() error) ([]byte, error) {
	defer transport.CloseIdleConnections()
	// An answer that points elsewhere is not followed, least of all with a token.
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if proven != nil {
		if err := proven(); err != nil {
			// When the time is over, the other side hangs up, and nobody serves any more.
			return nil, cmp.Or(ctx.Err(), err)
		}
	}
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 512))
		return nil, &StatusError{Code: resp.StatusCode, Said: oneLine(said)}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("the answer is longer than %d MiB", maxAnswer>>20)
	}
	return body, nil
}

// StatusError is an answer that is not 200.
type StatusError struct {
	Code int
	// Said is the first line of the body.
	Said string
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("%d %s", e.Code, http.StatusText(e.Code))
	if e.Said != "" && e.Said != http.StatusText(e.Code) {
		text += ": " + e.Said
	}
	return text
}

func oneLine(b []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	return line
}
