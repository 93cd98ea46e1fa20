package kubeletsim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// Identity is who may ask a kubelet what: the node's own authority and its clients.
type Identity struct {
	// Token may read everything; empty lets no token in.
	Token string

	ca    *x509.Certificate
	caKey *ecdsa.PrivateKey
	serve tls.Certificate
	pool  *x509.CertPool
	CAPEM []byte
	// ServingPEM is the self-signed certificate that the kubelet serves with.
	ServingPEM []byte
}

// NewIdentity makes an authority and the kubelet's self-signed serving certificate.
func NewIdentity(now time.Time) (*Identity, error) {
	id := &Identity{pool: x509.NewCertPool()}
	var err error
	if id.caKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	id.ca = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kubernetes"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, id.ca, id.ca, &id.caKey.PublicKey, id.caKey)
	if err != nil {
		return nil, fmt.Errorf("make the authority: %w", err)
	}
	if id.ca, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("make the authority: %w", err)
	}
	id.pool.AddCert(id.ca)
	id.CAPEM = certPEM(der)
	return id, id.makeServing(now)
}

func (id *Identity) makeServing(now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "sim-node@1"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		DNSNames: []string{"sim-node"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		return fmt.Errorf("make the serving certificate: %w", err)
	}
	id.serve = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	id.ServingPEM = certPEM(der)
	return nil
}

// Client signs a client certificate for a user in a group ("kubernetes-admin" in
// "system:masters", "system:node:sim-node" in "system:nodes") and returns it and its key.
func (id *Identity) Client(user, group string, now time.Time) (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: user, Organization: []string{group}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, of, id.ca, &private.PublicKey, id.caKey)
	if err != nil {
		return nil, nil, fmt.Errorf("sign a client certificate: %w", err)
	}
	raw, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("write a key: %w", err)
	}
	return certPEM(der), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw}), nil
}

func certPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
