package node

import (
	"context"
	"crypto/x509"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/kubelet"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
)

// The kubelet's ports where nothing says otherwise (kubernetes
// staging/src/k8s.io/kubelet/config/v1beta1/types.go).
const (
	defaultPort        = 10250
	defaultHealthzPort = 10248
)

const adminConf = "/etc/kubernetes/admin.conf"

// kubeletLive asks the running kubelet.
func (s *sight) kubeletLive(ctx context.Context) {
	k := &s.facts.Kubelet
	if s.host.Offline {
		k.Healthz, k.Metrics, k.Configz = offline[string](), offline[verify.Metrics](), offline[[]byte]()
		return
	}
	target := s.target()
	methods, untried := s.accessMethods()
	var metricsTried, configzTried []verify.AccessMethod
	s.together(
		func() { k.Healthz = healthz(ctx, target) },
		func() { k.Metrics, metricsTried = s.metrics(ctx, target, methods) },
		func() { k.Configz, configzTried = s.configz(ctx, target, methods) },
	)
	k.AccessMethods = append(append(metricsTried, untried...), configzTried...)
	if k.Metrics.Seen {
		k.Earlier = s.options.Earlier
		s.kubelet.byMetrics = gateByMetrics(k.Metrics)
	} else {
		s.kubelet.byMetrics = verify.Unseen[bool](k.Metrics.Why, k.Metrics.Hint)
	}
	s.kubelet.byConfigz = verify.Unseen[bool](k.Configz.Why, k.Configz.Hint)
	if k.Configz.Seen {
		on, err := kubelet.GateInConfigz(k.Configz.Value, known.Stage(k.Metrics.Value.Stage))
		if err != nil {
			s.kubelet.byConfigz = unseen[bool](err)
			return
		}
		s.kubelet.byConfigz = verify.Seen(on, k.Configz.From)
	}
}

func gateByMetrics(m verify.Fact[verify.Metrics]) verify.Fact[bool] {
	if !m.Value.HasGate {
		return verify.Unseen[bool]("the metrics do not name the gate", "")
	}
	return verify.Seen(m.Value.Gate, m.From)
}

func healthz(ctx context.Context, t kubelet.Target) verify.Fact[string] {
	ctx, cancel := context.WithTimeout(ctx, lifecycle.Answer)
	defer cancel()
	said, err := kubelet.Healthz(ctx, t)
	if err != nil {
		return verify.Unseen[string](kubelet.Explain(err), "")
	}
	return verify.Seen(said, fmt.Sprintf("healthz on port %d", t.HealthzPort))
}

func (s *sight) metrics(ctx context.Context, t kubelet.Target, methods []kubelet.AccessMethod) (verify.Fact[verify.Metrics], []verify.AccessMethod) {
	answer, tried, err := kubelet.Ask(ctx, t, "/metrics", methods)
	if err != nil {
		return noAccess[verify.Metrics](s, tried), tried
	}
	m, err := kubelet.ParseMetrics(answer.Body, s.host.Now())
	if err != nil {
		return verify.Unseen[verify.Metrics](err.Error(), ""), tried
	}
	return verify.Seen(m, answer.From), tried
}

func (s *sight) configz(ctx context.Context, t kubelet.Target, methods []kubelet.AccessMethod) (verify.Fact[[]byte], []verify.AccessMethod) {
	answer, tried, err := kubelet.Ask(ctx, t, "/configz", methods)
	if err != nil {
		return noAccess[[]byte](s, tried), tried
	}
	return verify.Seen(answer.Body, answer.From), tried
}

// noAccess is the fact that nothing could read: why the first method failed, which is the one
// that the operator gave, and what to do about that.
func noAccess[T any](s *sight, tried []verify.AccessMethod) verify.Fact[T] {
	if process := s.facts.Kubelet.Process; len(tried) == 0 && !process.Seen {
		return verify.Unseen[T](process.Why, process.Hint)
	}
	if len(tried) == 0 {
		return verify.Unseen[T]("no credential is given, the read-only port is off and this is not a control plane",
			"give a credential that may read them: --kubeconfig FILE or --token-file FILE")
	}
	return verify.Unseen[T](tried[0].Name+": "+tried[0].Why, tried[0].Hint)
}

// target is where the kubelet listens.
func (s *sight) target() kubelet.Target {
	k := &s.facts.Kubelet // the log is being written into it meanwhile
	t := kubelet.Target{Port: defaultPort, HealthzPort: defaultHealthzPort, Address: k.Settings.Address.Value, HealthzAddress: k.Settings.HealthzBindAddress.Value}
	if k.Process.Seen {
		t.Owner = s.host.servedBy(s.kubelet.unit, s.kubelet.process)
	}
	if k.Settings.Port.Known {
		t.Port = k.Settings.Port.Value
	}
	if k.Settings.HealthzPort.Known {
		t.HealthzPort = k.Settings.HealthzPort.Value
	}
	t.ReadOnlyPort = k.Settings.ReadOnlyPort.Value
	for _, file := range []string{"/var/lib/kubelet/pki/kubelet-server-current.pem", "/var/lib/kubelet/pki/kubelet.crt"} {
		t.Serving = append(t.Serving, s.certificates(file)...)
	}
	t.CAs = s.certificates("/etc/kubernetes/pki/ca.crt")
	return t
}

// certificates are those of a file; none where it cannot be read: the peer is then just
// not verified by them.
func (s *sight) certificates(file string) []*x509.Certificate {
	data, err := s.host.Root.ReadFile(file)
	if err != nil {
		return nil
	}
	found, err := kubelet.ParseCertificates(data)
	if err != nil {
		return nil
	}
	return found
}

// accessMethods are those to try, in order, and those that there is no use in trying.
func (s *sight) accessMethods() (methods []kubelet.AccessMethod, untried []verify.AccessMethod) {
	no := func(name, why string) {
		untried = append(untried, verify.AccessMethod{Name: name, Endpoint: "/metrics", Why: why})
	}
	if file := s.options.Kubeconfig; file != "" {
		methods = append(methods, kubeconfigMethod("--kubeconfig "+file, file, readNamed))
	}
	if file := s.options.TokenFile; file != "" {
		methods = append(methods, tokenMethod(file))
	}
	if len(methods) == 0 {
		no("--kubeconfig or --token-file", "not given")
	}
	if port := s.facts.Kubelet.Settings.ReadOnlyPort; port.Value > 0 {
		methods = append(methods, kubelet.AccessMethod{Name: fmt.Sprintf("read-only port %d", port.Value)})
	} else {
		no("read-only port", "off")
	}
	if s.exists(adminConf) {
		methods = append(methods, kubeconfigMethod(adminConf, adminConf, s.host.Root.ReadFile))
	} else {
		no(adminConf, "does not exist: not a control plane node of kubeadm, or it cannot be seen")
	}
	return methods, untried
}

func kubeconfigMethod(name, file string, read func(string) ([]byte, error)) kubelet.AccessMethod {
	data, err := read(file)
	if err != nil {
		return kubelet.AccessMethod{Name: name, Problem: err}
	}
	credential, err := kubelet.KubeconfigCredential(file, data, read)
	return kubelet.AccessMethod{Name: name, Credential: credential, Problem: err}
}

func tokenMethod(file string) kubelet.AccessMethod {
	name := "--token-file " + file
	data, err := readNamed(file)
	if err != nil {
		return kubelet.AccessMethod{Name: name, Problem: err}
	}
	credential, err := kubelet.TokenCredential(data)
	return kubelet.AccessMethod{Name: name, Credential: credential, Problem: err}
}

// readNamed reads a file of a credential that the operator named.
func readNamed(name string) ([]byte, error) { return hostfs.ReadNamed(name, hostfs.MaxFile) }
