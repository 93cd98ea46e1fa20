// Package cmd is plegctl's command tree: arguments become options, options go to one
// function a verb, and its answer becomes text or JSON and an exit code.
//
// It knows how to talk to people and scripts, and nothing about kubelets: the top-level
// packages kubeletcfg, runtimecfg, logscan and verify know, and the packages below
// cmd/internal touch the node. Start with [Main] and root.go, which lists the verbs;
// settings.go is the only place that reads plegctl's own configuration, exit.go the only
// one that turns errors into exit codes, output.go the only one that writes an answer.
package cmd
