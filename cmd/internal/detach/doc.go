// Package detach runs this command in a transient service of systemd's and follows it, so
// that the terminal only watches: a terminal that is stopped, blocked or gone, a killed
// foreground, and a kubelet that ends every exec session when it stops cannot hold up the
// change.
//
// Foreground and service share a directory below /run: the service writes its answer, its
// progress and its exit code there, and the foreground asks it to stop by a file. Nothing
// is written to the caller's terminal but by the foreground. Start with [Run] and [Open].
package detach
