package kubelet

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Credential is what may open the kubelet's TLS port.
type Credential struct {
	token string
	cert  *tls.Certificate
	cas   []*x509.Certificate
}

// TokenCredential is a bearer token, as it stands in a file.
func TokenCredential(data []byte) (*Credential, error) {
	token := strings.TrimSpace(string(data))
	if token == "" {
		return nil, errors.New("the token file is empty")
	}
	if strings.ContainsAny(token, " \t\r\n\x00") {
		return nil, errors.New("the token file does not hold one token")
	}
	return &Credential{token: token}, nil
}

// ParseCertificates reads every certificate of a PEM file; other blocks are skipped.
func ParseCertificates(data []byte) ([]*x509.Certificate, error) {
	var found []*x509.Certificate
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return found, nil
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("parse a certificate: %w", err)
		}
		found = append(found, cert)
	}
}

// errUnverified: the peer is not known to be the kubelet and may be on another machine.
var errUnverified = errors.New("the serving certificate could not be verified, and the address is not local")

// client is an HTTP client for the target and the token to send with each request.
//
// By default a kubelet's serving certificate is self-signed (kubernetes v1.37.2
// cmd/kubelet/app/server.go, InitializeTLS), so the usual check by name and authority
// cannot pass. A peer is taken for the kubelet if it serves the very certificate that lies
// in the kubelet's own files, or one that a known authority signed; failing that, only
// if it is on this machine.
func (c *Credential) client(t Target) (*http.Client, string, error) {
	config := &tls.Config{
		MinVersion: tls.VersionTLS12,
		// The check below replaces the one by name, see above.
		InsecureSkipVerify: true, //nolint:gosec // verified by VerifyConnection
		VerifyConnection: func(state tls.ConnectionState) error {
			if t.local() || c.verified(t, state.PeerCertificates) {
				return nil
			}
			return errUnverified
		},
	}
	if c.cert != nil {
		config.Certificates = []tls.Certificate{*c.cert}
	}
	transport := &http.Transport{TLSClientConfig: config, DisableKeepAlives: true, Proxy: nil}
	return &http.Client{Transport: transport, CheckRedirect: noRedirect}, c.token, nil
}

func (c *Credential) verified(t Target, chain []*x509.Certificate) bool {
	if len(chain) == 0 {
		return false
	}
	for _, own := range t.Serving {
		if bytes.Equal(own.Raw, chain[0].Raw) {
			return true
		}
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, ca := range append(append([]*x509.Certificate(nil), t.CAs...), c.cas...) {
		roots.AddCert(ca)
	}
	for _, cert := range chain[1:] {
		between.AddCert(cert)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: t.Address, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	return err == nil
}
