package kubelet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/verify"
)

// AccessMethod is one way to read the protected endpoints.
type AccessMethod struct {
	// Name says which in reports: "--kubeconfig FILE", "read-only port 10255".
	Name string
	// Credential opens the TLS port; nil means the read-only port.
	Credential *Credential
	// Problem is why this method cannot even be tried: its file does not exist or does not
	// parse. It is reported like a refusal.
	Problem error
}

// Answer is the body that an access method got.
type Answer struct {
	Body []byte
	// From names the endpoint and the method: "/metrics by --token-file FILE".
	From string
}

// ErrNoAccess is returned when no access method got an answer.
var ErrNoAccess = errors.New("no access")

// Ask tries the methods in turn until one gets the endpoint ("/metrics", "/configz"). It
// returns how each went, also when one succeeded.
func Ask(ctx context.Context, t Target, endpoint string, methods []AccessMethod) (Answer, []verify.AccessMethod, error) {
	ctx, cancel := context.WithTimeout(ctx, lifecycle.Answer)
	defer cancel()
	var tried []verify.AccessMethod
	for _, m := range methods {
		body, err := m.ask(ctx, t, endpoint)
		tried = append(tried, verify.AccessMethod{Name: m.Name, Endpoint: endpoint, OK: err == nil, Why: Explain(err), Hint: advice(err)})
		if err == nil {
			return Answer{Body: body, From: "kubelet " + endpoint + " by " + m.Name}, tried, nil
		}
	}
	return Answer{}, tried, fmt.Errorf("ask the kubelet for %s: %w", endpoint, ErrNoAccess)
}

func (m AccessMethod) ask(ctx context.Context, t Target, endpoint string) ([]byte, error) {
	if m.Problem != nil {
		return nil, m.Problem
	}
	if m.Credential == nil {
		return t.plain(ctx, t.Address, t.ReadOnlyPort, endpoint)
	}
	if t.Port == 0 {
		return nil, errors.New("the kubelet's port is off (port: 0)")
	}
	return t.secure(ctx, endpoint, m.Credential)
}

// Explain is why an access method failed, in an operator's words; "" for nil.
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
	// net/http puts method and address in front; the method's name says that already.
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
		return e.Error() + ": this credential does not have the right"
	case http.StatusInternalServerError:
		return e.Error() + ": a kubelet that cannot reach its API server answers so to a good credential"
	case http.StatusNotFound:
		return e.Error() + ": this port does not serve it"
	}
	return e.Error()
}

// advice is what to do about a method that failed; "" where nothing helps for sure.
func advice(err error) string {
	var status *StatusError
	var unproven *UnprovenError
	switch {
	case hint.Of(err) != "":
		return hint.Of(err)
	case errors.As(err, &unproven):
		return fmt.Sprintf("see which process holds the port, as root: ss -ltnp 'sport = :%d'", unproven.Port)
	case !errors.As(err, &status):
		return ""
	}
	switch status.Code {
	case http.StatusUnauthorized:
		// A kubelet that cannot ask its API server answers so to a good token.
		return "if the API server answers (plegctl preflight --only PLEG-NODE-API-SERVER), make a new token: plegctl explain PLEG-KUBELET-ACCESS"
	case http.StatusForbidden:
		return "grant get nodes/metrics to this credential: plegctl explain PLEG-KUBELET-ACCESS"
	case http.StatusInternalServerError:
		return "see whether the API server answers: plegctl preflight --only PLEG-NODE-API-SERVER"
	}
	return ""
}
