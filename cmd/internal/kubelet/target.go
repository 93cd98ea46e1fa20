package kubelet

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Target is where one kubelet listens.
type Target struct {
	// Address is the host part, "127.0.0.1" where nothing else is said.
	Address string
	// Port serves TLS with authentication (10250), ReadOnlyPort plain HTTP (10255) and
	// HealthzPort the ping (10248); 0 means that the port is off.
	Port, ReadOnlyPort, HealthzPort int
	// Serving are the certificates that the kubelet's own files say it serves with.
	Serving []*x509.Certificate
	// CAs are authorities that may have signed it.
	CAs []*x509.Certificate
}

// maxAnswer bounds an answer, in bytes; /metrics of a full node has a few MiB.
const maxAnswer = 64 << 20

func (t Target) host(port int) string {
	address := t.Address
	if address == "" {
		address = "127.0.0.1"
	}
	return net.JoinHostPort(address, strconv.Itoa(port))
}

// local tells that no packet to the target leaves this machine.
func (t Target) local() bool {
	if t.Address == "" || t.Address == "localhost" {
		return true
	}
	ip := net.ParseIP(t.Address)
	return ip != nil && ip.IsLoopback()
}

// Healthz asks the healthz port. "ok" is a ping: it says nothing about PLEG or the runtime
// (kubernetes v1.37.2 cmd/kubelet/app/server.go:992).
func Healthz(ctx context.Context, t Target) (string, error) {
	if t.HealthzPort == 0 {
		return "", fmt.Errorf("ask the kubelet's healthz: the port is off (healthzPort: 0)")
	}
	body, err := get(ctx, plainClient(), "http://"+t.host(t.HealthzPort)+"/healthz", "")
	if err != nil {
		return "", fmt.Errorf("ask the kubelet's healthz: %w", err)
	}
	return strings.TrimSpace(string(body)), nil
}

func plainClient() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, Proxy: nil}, CheckRedirect: noRedirect}
}

// noRedirect: an answer that points elsewhere is not followed, least of all with a token.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// get is one GET; an answer other than 200 is a [*StatusError].
func get(ctx context.Context, client *http.Client, url, token string) ([]byte, error) {
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

// shortly bounds one call.
func shortly(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, 3*time.Second)
}
