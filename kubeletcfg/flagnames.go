package kubeletcfg

import "slices"

// wantsValue lists the flags that other parts of this package read. All take a value.
func wantsValue(name string) bool {
	return slices.Contains([]string{
		"address", "authorization-mode", "cert-dir", "cgroup-driver", "config", "config-dir", "container-runtime-endpoint",
		"feature-gates", "healthz-bind-address", "healthz-port", "hostname-override", "kubeconfig", "logging-format",
		"node-ip", "pod-manifest-path", "port", "read-only-port", "root-dir", "v", "vmodule",
	}, name)
}

// isBoolean lists the kubelet's boolean flags, which take a value only with "="
// (kubernetes v1.26.15 to v1.37.2: cmd/kubelet/app/options, component-base/logs and
// component-base/version/verflag).
func isBoolean(name string) bool {
	return slices.Contains([]string{
		"anonymous-auth", "authentication-token-webhook", "cgroups-per-qos", "contention-profiling", "cpu-cfs-quota",
		"enable-controller-attach-detach", "enable-debugging-handlers", "enable-load-reader", "enable-server",
		"exit-on-lock-contention", "experimental-allocatable-ignore-eviction", "fail-cgroupv1", "fail-swap-on", "h", "help",
		"keep-terminated-pod-volumes", "kernel-memcg-notification", "local-storage-capacity-isolation", "log-cadvisor-usage",
		"log-json-split-stream", "log-text-split-stream", "make-iptables-util-chains", "protect-kernel-defaults",
		"register-node", "register-schedulable", "rotate-certificates", "rotate-server-certificates", "runonce",
		"seccomp-default", "serialize-image-pulls", "storage-driver-secure", "version", "windows-service",
	}, name)
}
