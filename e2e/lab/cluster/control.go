package cluster

import (
	"strings"

	"github.com/plegctl/plegctl/e2e/lab/pki"
)

const (
	keys  = "/etc/kubernetes/pki/"
	admin = "/root/.kube/config"
)

// controlFiles are the units of the control plane, its certificates and its kubeconfigs.
func controlFiles(authority *pki.Authority) (map[string]string, error) {
	files := map[string]string{keys + "ca.crt": authority.Cert}
	put := func(name string, pair pki.Pair, err error) error {
		files[keys+name+".crt"], files[keys+name+".key"] = pair.Cert, pair.Key
		return err
	}
	serving, err := authority.Serving("kubernetes", "kubernetes.default", "kubernetes.default.svc", "10.96.0.1", address, "127.0.0.1")
	if err := put("apiserver", serving, err); err != nil {
		return nil, err
	}
	client, err := authority.Client("kube-apiserver-kubelet-client")
	if err := put("kubelet-client", client, err); err != nil {
		return nil, err
	}
	tokens, err := authority.Serving("service-accounts") // only its key is used
	if err := put("tokens", tokens, err); err != nil {
		return nil, err
	}
	for path, user := range map[string][]string{
		admin: {"kubernetes-admin", "system:masters"},
		"/etc/kubernetes/kube-controller-manager.conf": {"system:kube-controller-manager"},
		"/etc/kubernetes/kube-scheduler.conf":          {"system:kube-scheduler"},
	} {
		pair, err := authority.Client(user[0], user[1:]...)
		if err != nil {
			return nil, err
		}
		files[path] = authority.Kubeconfig(server, pair)
	}
	for name, flags := range programs() {
		files["/usr/lib/systemd/system/"+name+".service"] = "[Service]\nExecStart=/usr/bin/" + name + " " + strings.Join(flags, " ") + "\n"
	}
	return files, nil
}

// programs are the control plane's programs and their flags. Nothing is kept over its end.
func programs() map[string][]string {
	client := func(name string) []string {
		file := "=/etc/kubernetes/" + name + ".conf"
		return []string{
			"--kubeconfig" + file, "--authentication-kubeconfig" + file, "--authorization-kubeconfig" + file,
			"--leader-elect=false", "--bind-address=127.0.0.1",
		}
	}
	return map[string][]string{
		"etcd": {
			"--data-dir=/var/lib/etcd", "--unsafe-no-fsync",
			"--listen-client-urls=http://127.0.0.1:2379", "--advertise-client-urls=http://127.0.0.1:2379",
			"--listen-peer-urls=http://127.0.0.1:2380", "--initial-advertise-peer-urls=http://127.0.0.1:2380",
			"--initial-cluster=default=http://127.0.0.1:2380",
		},
		"kube-apiserver": {
			"--etcd-servers=http://127.0.0.1:2379", "--advertise-address=" + address, "--secure-port=6443",
			"--service-cluster-ip-range=10.96.0.0/16", "--client-ca-file=" + keys + "ca.crt",
			"--tls-cert-file=" + keys + "apiserver.crt", "--tls-private-key-file=" + keys + "apiserver.key",
			"--kubelet-client-certificate=" + keys + "kubelet-client.crt", "--kubelet-client-key=" + keys + "kubelet-client.key",
			"--kubelet-certificate-authority=" + keys + "ca.crt", "--kubelet-preferred-address-types=InternalIP",
			"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--allow-privileged=true",
			"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
			"--service-account-key-file=" + keys + "tokens.key", "--service-account-signing-key-file=" + keys + "tokens.key",
		},
		"kube-controller-manager": append(client("kube-controller-manager"),
			"--use-service-account-credentials", "--service-account-private-key-file="+keys+"tokens.key",
			"--root-ca-file="+keys+"ca.crt", "--allocate-node-cidrs=false"),
		"kube-scheduler": client("kube-scheduler"),
	}
}
