package kubelet

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// An UnprovenError reports that whoever answers on a port is not known to be the kubelet.
type UnprovenError struct {
	Port int
	Err  error
}

func (e *UnprovenError) Error() string { return fmt.Sprintf("port %d: %v", e.Port, e.Err) }

func (e *UnprovenError) Unwrap() error { return e.Err }

func (t Target) owned(conn net.Conn, port int) error {
	if t.Owner == nil {
		return &UnprovenError{port, errors.New("it is not known which process is the kubelet")}
	}
	if err := t.Owner(conn); err != nil {
		return &UnprovenError{port, err}
	}
	return nil
}

// plain asks a port without TLS. Nothing secret is sent; an answer counts only if it came
// from the kubelet's process. That is looked at after the first bytes of the answer, when
// the other side has accepted the connection and still holds it.
func (t Target) plain(ctx context.Context, address string, port int, endpoint string) ([]byte, error) {
	var conn net.Conn
	transport := &http.Transport{DialContext: func(ctx context.Context, network, to string) (_ net.Conn, err error) {
		conn, err = (&net.Dialer{}).DialContext(ctx, network, to)
		return conn, err
	}}
	return get(ctx, transport, "http://"+hostPort(address, port)+endpoint, "", func() error { return t.owned(conn, port) })
}

// secure asks the TLS port with a credential. Before anything of the credential is sent, the
// other side has proven who it is: by a certificate from the kubelet's own files, by one that
// a known authority signed, or because the kubelet's process holds the connection. (By default
// the certificate is self-signed, kubernetes v1.37.2 cmd/kubelet/app/server.go InitializeTLS,
// so the usual check by name and authority cannot pass.)
func (t Target) secure(ctx context.Context, endpoint string, c *Credential) ([]byte, error) {
	dial := func(ctx context.Context, network, to string) (net.Conn, error) {
		raw, err := (&net.Dialer{}).DialContext(ctx, network, to)
		if err != nil {
			return nil, err
		}
		config := &tls.Config{
			MinVersion: tls.VersionTLS12,
			// VerifyConnection replaces the check by name, see above. crypto/tls calls it
			// before it sends a client certificate.
			InsecureSkipVerify: true, //nolint:gosec // verified by VerifyConnection
			VerifyConnection: func(state tls.ConnectionState) error {
				if c.verified(t, state.PeerCertificates) {
					return nil
				}
				return t.owned(raw, t.Port)
			},
		}
		if c.cert != nil {
			config.Certificates = []tls.Certificate{*c.cert}
		}
		secured := tls.Client(raw, config)
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, raw.Close())
		}
		return secured, nil
	}
	target := url.URL{Scheme: "https", Host: hostPort(t.Address, t.Port), Path: endpoint}
	return get(ctx, &http.Transport{DialTLSContext: dial}, target.String(), c.token, nil)
}
