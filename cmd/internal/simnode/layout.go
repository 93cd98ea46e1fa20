package simnode

import (
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// ports are the kubelet's, free ones on the loopback of this machine.
type ports struct{ kubelet, readOnly, healthz int }

func freePorts() (ports, error) {
	var p ports
	for _, port := range []*int{&p.kubelet, &p.readOnly, &p.healthz} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return p, fmt.Errorf("find a free port: %w", err)
		}
		// Closed at the end only, so that the three differ.
		defer l.Close()
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return p, nil
}

// writeFiles makes the node's file system.
func (n *Node) writeFiles() error {
	files := n.kubeletFiles()
	for path, text := range n.runtimeFiles() {
		files[path] = text
	}
	if err := n.credentials(files); err != nil {
		return err
	}
	for path, text := range n.opts.Files {
		files[path] = text
	}
	for path, text := range files {
		if err := n.WriteFile(path, text); err != nil {
			return err
		}
	}
	for _, dir := range []string{"/etc/kubernetes/manifests", "/var/lib", "/run", "/tmp"} {
		if err := os.MkdirAll(filepath.Join(n.rootDir, dir), 0o755); err != nil {
			return err
		}
	}
	for path, said := range n.programs() {
		name := filepath.Join(n.rootDir, path)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte("#!/bin/sh\necho '"+said+"'\n"), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// programs are stand-ins that know their version and nothing else.
func (n *Node) programs() map[string]string {
	p := map[string]string{"/usr/bin/kubelet": "Kubernetes v" + n.kubelet.String()}
	if n.RuntimeUnit() == crioUnit {
		p["/usr/bin/crio"] = "crio version " + n.runtime.String()
	} else {
		p["/usr/bin/containerd"] = "containerd github.com/containerd/containerd v" + n.runtime.String()
	}
	return p
}

// credentials: the kubelet's own certificate authenticates and may read nothing; what may
// is there or not as the options say.
func (n *Node) credentials(files map[string]string) error {
	now := time.Now()
	files["/var/lib/kubelet/pki/kubelet.crt"] = string(n.identity.ServingPEM)
	files["/etc/kubernetes/pki/ca.crt"] = string(n.identity.CAPEM)
	cert, key, err := n.identity.Client("system:node:sim-node", "system:nodes", now)
	if err != nil {
		return err
	}
	files["/var/lib/kubelet/pki/kubelet-client-current.pem"] = string(cert) + string(key)
	switch n.opts.Access {
	case AccessToken:
		n.identity.Token = newHexID()
		files["/etc/plegctl/metrics.token"] = n.identity.Token + "\n"
	case AccessAdmin:
		cert, key, err := n.identity.Client("kubernetes-admin", "system:masters", now)
		if err != nil {
			return err
		}
		b64 := base64.StdEncoding.EncodeToString
		files["/etc/kubernetes/admin.conf"] = fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- name: sim
  cluster:
    server: https://127.0.0.1:6443
    certificate-authority-data: %s
contexts:
- name: admin
  context: {cluster: sim, user: admin}
current-context: admin
users:
- name: admin
  user:
    client-certificate-data: %s
    client-key-data: %s
`, b64(n.identity.CAPEM), b64(cert), b64(key))
	}
	return nil
}

// TokenFile is the path, on this machine, of a token that may read the kubelet's metrics;
// there is one with [AccessToken].
func (n *Node) TokenFile() string { return filepath.Join(n.rootDir, "/etc/plegctl/metrics.token") }
