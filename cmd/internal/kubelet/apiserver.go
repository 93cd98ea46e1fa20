package kubelet

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"sigs.k8s.io/yaml"
)

// APIServer asks the API server of a kubeconfig whether it answers, and returns its address;
// "" where the file does not name one. No credential is sent: any answer will do, also that
// nobody without a credential may ask.
func APIServer(ctx context.Context, file string, data []byte, read func(string) ([]byte, error)) (server string, err error) {
	var config kubeconfig
	if err := yaml.Unmarshal(data, &config); err != nil {
		return "", fmt.Errorf("parse kubeconfig %s: %w", file, err)
	}
	current, _ := pick(config.Contexts, config.CurrentContext)
	cluster, _ := pick(config.Clusters, current.Context.Cluster)
	target, err := url.Parse(cluster.Cluster.Server)
	if err != nil || target.Host == "" {
		return "", fmt.Errorf("kubeconfig %s does not name an API server", file)
	}
	roots := x509.NewCertPool()
	ca := cluster.Cluster.CAData
	if len(ca) == 0 && cluster.Cluster.CA != "" {
		ca, _ = read(cluster.Cluster.CA)
	}
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if roots.AppendCertsFromPEM(ca) {
		secure.RootCAs = roots
	}
	ctx, cancel := context.WithTimeout(ctx, lifecycle.Answer)
	defer cancel()
	_, err = get(ctx, &http.Transport{TLSClientConfig: secure}, target.JoinPath("livez").String(), "", nil)
	if status := (*StatusError)(nil); errors.As(err, &status) && status.Code < http.StatusInternalServerError {
		err = nil
	}
	return target.Host, err
}
