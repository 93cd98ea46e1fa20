//go:build linux

// Command plegctl turns on the kubelet's Evented PLEG on one node, proves that it works,
// and takes it back without a trace. See the package cmd for the command tree.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/plegctl/plegctl/cmd"
)

func main() {
	// A closed terminal or pipe must never stop a change half way: SIGHUP asks to end in
	// order, like SIGTERM, and a write to a closed pipe fails as an error.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := cmd.Main(ctx, os.Args[1:], cmd.HostDeps())
	stop()
	os.Exit(code)
}
