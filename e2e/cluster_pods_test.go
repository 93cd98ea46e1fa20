package e2e

import (
	"fmt"
	"strings"
)

// pod is a pod whose container runs a line of shell.
func pod(name, line string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata:\n  name: %s\nspec:\n", name) + podSpec(line)
}

func podSpec(line string) string {
	return fmt.Sprintf(`  hostNetwork: true
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: plegctl.invalid/busybox:1
    imagePullPolicy: Never
    command: ["/bin/sh", "-c", %q]
`, line)
}

// onNode makes a pod's specification one that may do on its node what root may.
const onNode = `    stdin: true
    securityContext:
      privileged: true
    volumeMounts:
    - name: host
      mountPath: /host
  hostPID: true
  volumes:
  - name: host
    hostPath:
      path: /
`

// onHost runs plegctl on the node of such a pod.
const onHost = "/bin/busybox chroot /host /usr/local/bin/plegctl "

// hostPod runs a line once.
func hostPod(name, line string) string { return pod(name, line) + onNode + "  restartPolicy: Never\n" }

// hostDaemonSet is how operators get at their nodes.
var hostDaemonSet = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: host
spec:
  selector: {matchLabels: {app: host}}
  template:
    metadata: {labels: {app: host}}
    spec:
` + indented(podSpec("while :; do sleep 3600; done")+onNode)

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ") + "\n"
}
