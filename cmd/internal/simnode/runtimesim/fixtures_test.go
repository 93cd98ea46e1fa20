package runtimesim

import runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

func labelled(label string) *runtimeapi.PodSandboxConfig {
	return &runtimeapi.PodSandboxConfig{
		Metadata: &runtimeapi.PodSandboxMetadata{Name: "one", Namespace: "default", Uid: "uid-" + label},
		Labels:   map[string]string{label: "true"},
	}
}
