package node

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// accessFiles are the certificate authority whose clients may read the
// kubelet's port, and, with admin, a kubeconfig with such a client, where
// kubeadm keeps it on a control plane.
func accessFiles(admin bool) (map[string]file, error) {
	authority, authorityKey, err := certificate("lab-ca", nil, nil)
	if err != nil {
		return nil, err
	}
	files := map[string]file{clientCA: {string(pemOf("CERTIFICATE", authority.Raw)), 0o644}}
	client, clientKey, err := certificate("kubernetes-admin", authority, authorityKey)
	if err != nil {
		return nil, err
	}
	key, err := x509.MarshalECPrivateKey(clientKey)
	if err != nil {
		return nil, fmt.Errorf("encode the admin's key: %w", err)
	}
	files[adminCert] = file{string(pemOf("CERTIFICATE", client.Raw)) + string(pemOf("EC PRIVATE KEY", key)), 0o600}
	if !admin {
		return files, nil
	}
	files[AdminConf] = file{fmt.Sprintf(adminConf,
		base64.StdEncoding.EncodeToString(pemOf("CERTIFICATE", authority.Raw)),
		base64.StdEncoding.EncodeToString(pemOf("CERTIFICATE", client.Raw)),
		base64.StdEncoding.EncodeToString(pemOf("EC PRIVATE KEY", key))), 0o600}
	return files, nil
}

// adminCert is the admin's certificate and key, for the suite's own reading of
// the metrics with curl.
const adminCert = "/usr/share/lab/admin.pem"

const adminConf = `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority-data: %s
    server: https://127.0.0.1:6443
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
users:
- name: kubernetes-admin
  user:
    client-certificate-data: %s
    client-key-data: %s
`

// certificate makes an authority, or with a parent a client's certificate.
func certificate(name string, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key for %s: %w", name, err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"system:masters"}},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if parent == nil {
		template.IsCA, template.BasicConstraintsValid = true, true
		template.KeyUsage |= x509.KeyUsageCertSign
		template.ExtKeyUsage = nil
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		return nil, nil, fmt.Errorf("sign the certificate of %s: %w", name, err)
	}
	cert, err := x509.ParseCertificate(der)
	return cert, key, err
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
