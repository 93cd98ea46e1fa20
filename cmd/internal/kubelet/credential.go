package kubelet

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
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

// verified reports whether the certificate is one of the kubelet's own files, or one for this
// address that a known authority signed.
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
	// Never "", for which any name would do.
	host, _, _ := net.SplitHostPort(hostPort(t.Address, t.Port))
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: host, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	return err == nil
}
