package main

import (
	"fmt"
	"io"
	"os"
	"slices"
)

func writeGates(versions []string, w io.Writer) error {
	var kubelets []kubelet
	t := newTable(versions)
	for i, version := range versions {
		k, err := readKubelet(version)
		if err != nil {
			return fmt.Errorf("gates of %s: %w", version, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %d gates, %d dependencies\n", version, len(k.gates), len(k.needs))
		kubelets = append(kubelets, k)
		for name, letter := range k.gates {
			t.set(name, i, letter)
		}
		for _, dep := range k.needs {
			t.set(dep, i, 'x')
		}
	}
	doubt(kubelets, t.rows)
	return t.write(w, gatesHeader)
}

// doubt marks with ? the gates of a module in the versions where it could not be read.
func doubt(kubelets []kubelet, rows map[string][]byte) {
	from := map[string]string{}
	for _, k := range kubelets {
		for name, module := range k.from {
			from[name] = module
		}
	}
	for i, k := range kubelets {
		for name, module := range from {
			if slices.Contains(k.unread, module) && rows[name][i] == '.' {
				rows[name][i] = '?'
			}
		}
	}
}

const gatesHeader = `# Feature gates known to the kubelet. Written by .ci/tools/tablegen; do not edit.
# Source: the Go modules k8s.io/kubernetes (pkg/features), k8s.io/apiserver,
# k8s.io/apiextensions-apiserver, k8s.io/client-go, k8s.io/component-base and
# k8s.io/controller-manager of each version.
# One letter for each version. Off by default: a alpha, b beta, g GA, d deprecated;
# capital: on by default. Locked to the default: z alpha, c beta, l GA, e deprecated.
# p: not settable yet. A dot: no such gate. ?: source not served, not known.
# "Gate>Needed" x: Gate on while Needed is off is fatal.
`
