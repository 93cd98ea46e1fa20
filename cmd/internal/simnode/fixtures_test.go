package simnode

import runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

func strangePod() *runtimeapi.PodSandboxConfig {
	return &runtimeapi.PodSandboxConfig{Metadata: &runtimeapi.PodSandboxMetadata{Name: "stranger", Namespace: "x", Uid: "0000-1111"}}
}
