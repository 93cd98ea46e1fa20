//go:build linux

// Command plegctl turns on the kubelet's Evented PLEG on one node, proves that it works,
// and rolls it back without a trace. See the package cmd for the command tree.
package main

import (
	"os"

	"github.com/plegctl/plegctl/cmd"
)

func main() { os.Exit(cmd.ProcessMain(os.Args[1:], cmd.HostDeps())) }
