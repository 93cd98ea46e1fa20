// Package runtimecfg knows the configuration of the container runtimes: which files CRI-O
// and containerd read and in what order, what those say about container events, where each
// value comes from, and what the daemon itself would say to a bad file. It edits one key of
// such a file and leaves every other byte alone.
//
// It opens nothing and asks nothing: bytes in, values out. What a runtime version can do is
// in package verify/known; who else writes a file is in verify/platform.
//
// Start with [EffectiveCRIO], [EffectiveContainerd], [SetPodEvents] and [CRIODropIn].
//
// # Why keys are matched as they are
//
// CRI-O reads its files with github.com/BurntSushi/toml into Go structs, and that library
// takes a key for a struct field in any case: [CRIO.Runtime] works, and two spellings in one
// file compete, the winner left to Go's random map order. Maps are the other way round:
// containerd keeps its plugins in a map, so plugin names match exactly. Hence every lookup
// here says which of the two it is, and a lookup in any case gives all nodes that match,
// never the first; what is ambiguous for the daemon is reported as ambiguous.
// The text is scanned with go-toml, which gives positions; what BurntSushi accepts beyond
// go-toml is modelled in runtimecfg/internal/tomldoc and held against that library by fuzzing.
package runtimecfg
