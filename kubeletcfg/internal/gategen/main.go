// Command gategen writes the table of all feature gates that a kubelet knows, for each
// kubelet version named on the command line. It reads the Go source of Kubernetes from
// the Go module proxy (through the go command) and evaluates the literals that register
// the gates; it builds and runs nothing of it. It is a module of its own, so that plegctl
// depends neither on it nor on Kubernetes.
//
//	go run . 1.26.0 1.26.15 ... >../../gates.txt
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gategen:", err)
		os.Exit(1)
	}
}

func run(versions []string, w io.Writer) error {
	var kubelets []kubelet
	for _, version := range versions {
		k, err := readKubelet(version)
		if err != nil {
			return fmt.Errorf("gates of %s: %w", version, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %d gates, %d dependencies\n", version, len(k.gates), len(k.needs))
		kubelets = append(kubelets, k)
	}
	rows := map[string][]byte{}
	set := func(name string, i int, letter byte) {
		if rows[name] == nil {
			rows[name] = []byte(strings.Repeat(".", len(versions)))
		}
		rows[name][i] = letter
	}
	for i, k := range kubelets {
		for name, letter := range k.gates {
			set(name, i, letter)
		}
		for _, dep := range k.needs {
			set(dep, i, 'x')
		}
	}
	doubt(kubelets, rows)
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%sversions %s\n", header, strings.Join(versions, " "))
	for _, name := range sortedKeys(rows) {
		fmt.Fprintf(out, "%s %s\n", rows[name], name)
	}
	return out.Flush()
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

const header = `# Feature gates known to the kubelet. Written by internal/gategen; do not edit.
# Source: the Go modules k8s.io/kubernetes (pkg/features), k8s.io/apiserver,
# k8s.io/apiextensions-apiserver, k8s.io/client-go, k8s.io/component-base and
# k8s.io/controller-manager of each version.
# One letter for each version. Off by default: a alpha, b beta, g GA, d deprecated;
# capital: on by default. Locked to the default: z alpha, c beta, l GA, e deprecated.
# p: not settable yet. A dot: no such gate. ?: source not served, not known.
# "Gate>Needed" x: Gate on while Needed is off is fatal.
`

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
