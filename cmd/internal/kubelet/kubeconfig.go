package kubelet

import (
	"crypto/tls"
	"errors"
	"fmt"
	"path"

	"sigs.k8s.io/yaml"
)

// kubeconfig is as much of the file as is needed; its format is client-go's
// tools/clientcmd/api/v1.
type kubeconfig struct {
	CurrentContext string                 `json:"current-context"`
	Contexts       []named[configContext] `json:"contexts"`
	Clusters       []named[configCluster] `json:"clusters"`
	Users          []named[configUser]    `json:"users"`
}

// named is an entry of one of the lists; each list has its own key for the content.
type named[T any] struct {
	Name    string `json:"name"`
	Context T      `json:"context"`
	Cluster T      `json:"cluster"`
	User    T      `json:"user"`
}

type configContext struct {
	Cluster string `json:"cluster"`
	User    string `json:"user"`
}

type configCluster struct {
	Server string `json:"server"`
	CAData []byte `json:"certificate-authority-data"`
	CA     string `json:"certificate-authority"`
}

type configUser struct {
	Token     string `json:"token"`
	TokenFile string `json:"tokenFile"`
	CertData  []byte `json:"client-certificate-data"`
	Cert      string `json:"client-certificate"`
	KeyData   []byte `json:"client-key-data"`
	Key       string `json:"client-key"`
	Exec      any    `json:"exec"`
	Provider  any    `json:"auth-provider"`
}

// KubeconfigCredential takes the credential of the current context out of a kubeconfig
// that lies at file. Files that it names are read with read; relative names are seen from
// the kubeconfig's directory. A credential plugin is not run.
func KubeconfigCredential(file string, data []byte, read func(string) ([]byte, error)) (*Credential, error) {
	var config kubeconfig
	if err := yaml.Unmarshal(data, &config); err != nil {
		return nil, fmt.Errorf("parse kubeconfig %s: %w", file, err)
	}
	context, ok := pick(config.Contexts, config.CurrentContext)
	if !ok {
		return nil, fmt.Errorf("kubeconfig %s: no context %q", file, config.CurrentContext)
	}
	user, ok := pick(config.Users, context.Context.User)
	if !ok {
		return nil, fmt.Errorf("kubeconfig %s: no user %q", file, context.Context.User)
	}
	near := func(name string) ([]byte, error) {
		if !path.IsAbs(name) {
			name = path.Join(path.Dir(file), name)
		}
		return read(name)
	}
	credential, err := user.User.credential(near)
	if err != nil {
		return nil, fmt.Errorf("kubeconfig %s: %w", file, err)
	}
	if cluster, ok := pick(config.Clusters, context.Context.Cluster); ok {
		ca := cluster.Cluster.CAData
		if len(ca) == 0 && cluster.Cluster.CA != "" {
			// Without it the kubelet is just not verified by this authority.
			ca, _ = near(cluster.Cluster.CA)
		}
		credential.cas, _ = ParseCertificates(ca)
	}
	return credential, nil
}

func pick[T any](list []named[T], name string) (named[T], bool) {
	for _, one := range list {
		if one.Name == name {
			return one, true
		}
	}
	return named[T]{}, false
}

func (u configUser) credential(read func(string) ([]byte, error)) (*Credential, error) {
	cert, err := inlineOrFile(u.CertData, u.Cert, read)
	if err != nil {
		return nil, err
	}
	key, err := inlineOrFile(u.KeyData, u.Key, read)
	if err != nil {
		return nil, err
	}
	switch {
	case len(cert) > 0:
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w", err)
		}
		return &Credential{cert: &pair}, nil
	case u.Token != "":
		return TokenCredential([]byte(u.Token))
	case u.TokenFile != "":
		data, err := read(u.TokenFile)
		if err != nil {
			return nil, err
		}
		return TokenCredential(data)
	case u.Exec != nil, u.Provider != nil:
		return nil, errors.New("the credential comes from a plugin, which plegctl does not run; give a token with --token-file")
	}
	return nil, errors.New("the user has no credential")
}

func inlineOrFile(inline []byte, name string, read func(string) ([]byte, error)) ([]byte, error) {
	if len(inline) > 0 || name == "" {
		return inline, nil
	}
	return read(name)
}
