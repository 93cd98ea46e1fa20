package program

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/plegctl/plegctl/e2e/lab/host"
	"github.com/plegctl/plegctl/e2e/lab/store"
)

const (
	kubernetes   = "k8s.io/kubernetes"
	controlPlane = "control-plane-"
)

// Kubelet builds the kubelet of a version such as 1.37.2 and returns the directory
// that holds it as usr/bin/kubelet.
func Kubelet(ctx context.Context, s *store.Store, version string) (string, error) {
	return ofKubernetes(ctx, s, "kubelet-"+version, version, "kubelet")
}

// ControlPlane builds what makes a cluster of nodes, and kubectl and kubeadm.
func ControlPlane(ctx context.Context, s *store.Store, version string) (string, error) {
	return ofKubernetes(ctx, s, controlPlane+version, version,
		"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kubeadm")
}

// HasControlPlane reports whether a control plane and etcd are built already.
func HasControlPlane(s *store.Store, version string) bool {
	return s.Has(controlPlane+version) && s.Has("etcd-"+etcdVersion)
}

func ofKubernetes(ctx context.Context, s *store.Store, item, version string, programs ...string) (string, error) {
	return s.Item(ctx, item, func(ctx context.Context, dir string) error {
		module, err := kubernetesModule(ctx, version)
		if err != nil {
			return err
		}
		const stamp = "-X k8s.io/component-base/version.git"
		major, rest, _ := strings.Cut(version, ".")
		minor, _, _ := strings.Cut(rest, ".")
		b := build{
			module: module,
			// kubeadm computes version skews from the parts.
			ldflags: fmt.Sprintf("%[1]sVersion=v%[2]s %[1]sMajor=%[3]s %[1]sMinor=%[4]s", stamp, version, major, minor),
		}
		for _, name := range programs {
			b.packages = append(b.packages, kubernetes+"/cmd/"+name)
		}
		return b.into(ctx, dir)
	})
}

// kubernetesModule writes the go.mod that builds programs of Kubernetes from outside its tree.
// Kubernetes replaces its staging modules by directories of its own tree; from
// outside each is the published module of the same minor and patch.
func kubernetesModule(ctx context.Context, version string) (string, error) {
	minor, ok := strings.CutPrefix(version, "1.")
	if !ok {
		return "", fmt.Errorf("version %q of Kubernetes does not start with 1", version)
	}
	text, err := goMod(ctx, kubernetes, version)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "module plegctl.invalid/kubernetes\n\nrequire %s v%s\n\n", kubernetes, version)
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		fields := strings.Fields(strings.TrimPrefix(lines.Text(), "replace "))
		switch {
		case len(fields) == 2 && fields[0] == "go":
			fmt.Fprintf(&b, "go %s\n", fields[1])
		case len(fields) == 3 && fields[1] == "=>" && strings.HasPrefix(fields[2], "./staging/"):
			fmt.Fprintf(&b, "replace %s => %s v0.%s\n", fields[0], fields[0], minor)
		}
	}
	return b.String(), lines.Err()
}

// goMod downloads a module and returns its go.mod. It runs outside of any
// module, so that nothing of this one is looked at.
func goMod(ctx context.Context, module, version string) ([]byte, error) {
	out, err := host.Run(ctx, host.Command{
		Dir:  os.TempDir(),
		Env:  []string{"GOWORK=off", "GOTOOLCHAIN=local"},
		Name: "go",
		Args: []string{"mod", "download", "-json", module + "@v" + version},
	})
	if err != nil {
		return nil, err
	}
	var answer struct{ GoMod string }
	if err := json.Unmarshal(out, &answer); err != nil {
		return nil, fmt.Errorf("read where %s was downloaded to: %w", module, err)
	}
	return os.ReadFile(answer.GoMod)
}
