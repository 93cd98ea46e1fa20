package node

import "github.com/plegctl/plegctl/e2e/lab/pki"

// adminCert is the admin's certificate and key, for the suite's own reading of
// the metrics with curl.
const adminCert = "/usr/share/lab/admin.pem"

// Membership makes a node one of a cluster's.
type Membership struct {
	Authority *pki.Authority
	Server    string // of the API, https://…
	Address   string // of the node in the cluster's network
}

// accessFiles are the certificate authority whose clients may read the
// kubelet's port, and, unless the spec leaves it out, a kubeconfig with such a client,
// where kubeadm keeps it on a control plane.
func (s Spec) accessFiles() (map[string]file, error) {
	if s.Join != nil {
		return s.Join.files(s.hostName())
	}
	authority, err := pki.New()
	if err != nil {
		return nil, err
	}
	admin, err := authority.Client("kubernetes-admin", "system:masters")
	if err != nil {
		return nil, err
	}
	files := map[string]file{
		clientCA:  {authority.Cert, 0o644},
		adminCert: {admin.Cert + admin.Key, 0o600},
	}
	if !s.NoMetricsAccess {
		files[AdminConf] = file{authority.Kubeconfig("https://127.0.0.1:6443", admin), 0o600}
	}
	return files, nil
}

// files are what a node has after kubeadm join: no admin's credential.
func (m *Membership) files(name string) (map[string]file, error) {
	admin, err := m.Authority.Client("kubernetes-admin", "system:masters")
	if err != nil {
		return nil, err
	}
	own, err := m.Authority.Client("system:node:"+name, "system:nodes")
	if err != nil {
		return nil, err
	}
	serving, err := m.Authority.Serving(name, m.Address)
	if err != nil {
		return nil, err
	}
	return map[string]file{
		clientCA:                           {m.Authority.Cert, 0o644},
		adminCert:                          {admin.Cert + admin.Key, 0o600},
		kubeletConf:                        {m.Authority.Kubeconfig(m.Server, own), 0o600},
		"/var/lib/kubelet/pki/kubelet.crt": {serving.Cert, 0o644},
		"/var/lib/kubelet/pki/kubelet.key": {serving.Key, 0o600},
		"/etc/cni/net.d/10-lab.conflist":   {conflist, 0o644},
	}, nil
}

// conflist makes the runtime say that its network is ready. Pods of the lab are on the
// host's network, so the plugin is never called.
const conflist = `{"cniVersion": "0.4.0", "name": "lab", "plugins": [{"type": "bridge"}]}
`
