// Command tablegen writes what kubelets of several versions know: their feature gates, the
// flags of their command line, or the fields of a KubeletConfiguration. It reads the Go
// source of Kubernetes from the Go module proxy (through the go command) and evaluates the
// literals, calls and types that define them; it builds and runs nothing of it. It is a
// module of its own, so that plegctl depends neither on it nor on Kubernetes.
//
//	go run . gates 1.26.0 1.26.15 ... >../../gates.txt
//	go run . flags 1.26.15 1.27.16 ... >../../flags.txt
//	go run . fields 1.26.15 1.27.16 ... >../../fields.txt
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "tablegen:", err)
		os.Exit(1)
	}
}

func run(args []string, w io.Writer) error {
	tables := map[string]func([]string, io.Writer) error{"gates": writeGates, "flags": writeFlags, "fields": writeFields}
	if len(args) < 2 || tables[args[0]] == nil {
		return fmt.Errorf("usage: tablegen gates|flags|fields VERSION...")
	}
	return tables[args[0]](args[1:], w)
}
