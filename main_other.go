//go:build !linux

// Command plegctl works on Kubernetes nodes, and those run Linux; see main.go.
package main

import (
	"fmt"
	"os"
	"runtime"
)

func main() {
	fmt.Fprintf(os.Stderr, "plegctl: error: plegctl works on Linux only, this is %s\n", runtime.GOOS)
	fmt.Fprintln(os.Stderr, "plegctl: hint: build it with GOOS=linux and run it on the node")
	os.Exit(1)
}
