// Package runtimecfg knows the configuration of the container runtimes: which files CRI-O
// and containerd read and in what order, what these files set about container events, where
// each value comes from, and with which files the daemon would not start. It edits one key
// of a file and leaves every other byte alone.
//
// It opens nothing and asks nothing: bytes in, values out. The runtimes are rows of
// [known.Runtimes]; each has one file of rules here. Start with [ReadFS], [Effective],
// [Mentions] and [Editor].
//
// # Who decides
//
// Whether a file is accepted, what it means, and the words of an error come from the
// library that the daemon itself uses: github.com/BurntSushi/toml for CRI-O, go-toml v2 for
// containerd 2 and v1 for containerd 1. The types of the keys come from tables that are
// generated from the daemons' source (crio-keys.txt, containerd-keys.txt). Only the places
// of keys are found by a scanner of our own (runtimecfg/internal/tomldoc).
//
// CRI-O decodes into Go structs, and its library takes a key for a struct field in any
// case: [CRIO.Runtime] works, and two spellings in one file compete, the winner left to Go's
// random map order. containerd keeps its plugins in a map, so plugin names match exactly.
package runtimecfg
