package node

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/kubelet"
	"github.com/plegctl/plegctl/verify"
)

// nodeName is the name under which the kubelet registers, where no cloud provider gives it
// another (kubernetes pkg/util/node, GetHostname).
func (s *sight) nodeName() verify.Fact[string] {
	if f, ok := s.kubeletFlag("hostname-override"); ok && f.Value != "" {
		return verify.Seen(strings.ToLower(f.Value), f.At.String())
	}
	host := s.facts.Node.Hostname
	host.Value = strings.ToLower(host.Value)
	return host
}

// credentialFile is the file of the kubelet's --kubeconfig; "" where it has none and runs alone.
func (s *sight) credentialFile() string {
	f, _ := s.kubeletFlag("kubeconfig")
	if f.Value == "" || path.IsAbs(f.Value) {
		return f.Value
	}
	return path.Join("/", s.kubelet.process.Cwd, f.Value)
}

// joined reports whether the kubelet has the credential that it gets when its node joins a cluster.
func (s *sight) joined() verify.Fact[bool] {
	file := s.credentialFile()
	if file == "" {
		return verify.Unseen[bool]("no --kubeconfig is on the kubelet's command line", "")
	}
	there, err := s.host.Root.Exists(file)
	if err != nil {
		return unseen[bool](err)
	}
	return verify.Seen(there, file)
}

// apiServer asks the kubelet's API server whether it lives, without a credential.
func (s *sight) apiServer(ctx context.Context) verify.Fact[bool] {
	joined := s.facts.Node.Joined
	switch {
	case s.host.Offline:
		return offline[bool]()
	case !joined.Seen:
		return verify.Unseen[bool](joined.Why, joined.Hint)
	case !joined.Value:
		return verify.Unseen[bool]("this node has not joined a cluster yet", "")
	case slices.ContainsFunc(s.kubelet.process.Env, isProxyVariable):
		return verify.Unseen[bool]("the kubelet reaches its API server through a proxy", "")
	}
	file := s.credentialFile()
	data, err := s.host.Root.ReadFile(file)
	if err != nil {
		return unseen[bool](err)
	}
	server, err := kubelet.APIServer(ctx, file, data, s.host.Root.ReadFile)
	if server == "" {
		return unseen[bool](err)
	}
	if err != nil {
		return verify.Seen(false, server+": "+kubelet.Explain(err))
	}
	return verify.Seen(true, server)
}

func isProxyVariable(variable string) bool {
	name, value, _ := strings.Cut(variable, "=")
	return strings.EqualFold(name, "https_proxy") && value != ""
}
