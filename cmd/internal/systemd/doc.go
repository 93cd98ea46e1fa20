// Package systemd reads and changes units over D-Bus, and believes only what it sees.
//
// A job's result says that systemd finished its work, not that a daemon is well: so a start
// or restart counts only with a new InvocationID. It runs no program and writes no unit file.
// Start with [New] and [Conn.Do].
package systemd
