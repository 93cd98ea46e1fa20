// Package procfs reads the process table of the kernel's proc file system, and answers who
// a process is: whether only root can have started what it runs ([Table.Trusted]), and which
// process serves a connection ([Table.Peer]).
//
// Everything here can be imitated by any user except what the kernel itself says: process
// owner, namespaces, control group, the inode of the program and the owner of a socket. Only
// these decide; a name or an argument list never does.
package procfs
