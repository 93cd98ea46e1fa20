package kubelet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/plegctl/plegctl/verify"
)

// Way is one way in to the protected endpoints.
type Way struct {
	// Name says which in reports: "--kubeconfig FILE", "read-only port 10255".
	Name string
	// Credential opens the TLS port; nil means the read-only port.
	Credential *Credential
	// Problem is why this way cannot even be tried: the file is not there, or does not
	// parse. It is reported like a refusal.
	Problem error
}

// Answer is the body that a way in brought.
type Answer struct {
	Body []byte
	// From names the endpoint and the way: "/metrics by --token-file FILE".
	From string
}

// ErrNoWay is returned when no way in brought an answer.
var ErrNoWay = errors.New("no way in")

// Ask tries the ways in turn until one brings the endpoint ("/metrics", "/configz"). It
// returns how each went, also when one succeeded.
func Ask(ctx context.Context, t Target, endpoint string, ways []Way) (Answer, []verify.Way, error) {
	var tried []verify.Way
	for _, way := range ways {
		body, err := way.ask(ctx, t, endpoint)
		tried = append(tried, verify.Way{Name: way.Name, Endpoint: endpoint, OK: err == nil, Why: Explain(err)})
		if err == nil {
			return Answer{Body: body, From: "kubelet " + endpoint + " by " + way.Name}, tried, nil
		}
	}
	return Answer{}, tried, fmt.Errorf("ask the kubelet for %s: %w", endpoint, ErrNoWay)
}

func (w Way) ask(ctx context.Context, t Target, endpoint string) ([]byte, error) {
	if w.Problem != nil {
		return nil, w.Problem
	}
	ctx, cancel := shortly(ctx)
	defer cancel()
	if w.Credential == nil {
		return t.plain(ctx, t.Address, t.ReadOnlyPort, endpoint)
	}
	if t.Port == 0 {
		return nil, errors.New("the kubelet's port is off (port: 0)")
	}
	return t.secure(ctx, endpoint, w.Credential)
}

// Explain is why a way in failed, in an operator's words; "" for nil.
func Explain(err error) string {
	var status *StatusError
	var op *net.OpError
	var unproven *UnprovenError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &unproven):
		return "not asked: " + unproven.Error()
	case errors.As(err, &status):
		return explainStatus(status)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused: nothing listens there"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &op) && op.Op == "dial":
		return "cannot connect: " + op.Err.Error()
	}
	text := err.Error()
	// net/http puts method and address in front; the way's name says that already.
	if _, rest, ok := strings.Cut(text, `": `); ok && strings.HasPrefix(text, "Get ") {
		text = rest
	}
	return text
}

func explainStatus(e *StatusError) string {
	switch e.Code {
	case http.StatusUnauthorized:
		return e.Error() + ": the kubelet does not accept this credential, or cannot reach its API server to check it"
	case http.StatusForbidden:
		return e.Error() + ": the credential needs the right to get nodes/metrics (for /configz nodes/configz, from Kubernetes 1.33 on)"
	case http.StatusInternalServerError:
		return e.Error() + ": a kubelet that cannot reach its API server answers so to a good credential"
	case http.StatusNotFound:
		return e.Error() + ": this port does not serve it"
	}
	return e.Error()
}
