// Package runtimesim plays CRI-O or containerd of a named version: a real gRPC server on a
// unix socket, with pod sandboxes and containers that are entries in a table, and with the
// event stream of that version. It reads the daemon's own configuration files when it
// starts, with the daemon's own TOML library, and refuses what the daemon refuses.
//
// What the versions do differently is one table, [behaviours]; it shares nothing with what
// plegctl knows of runtimes, so that each can show the other wrong. Start with [Start].
package runtimesim
