package runtimesim

import (
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// config is what matters here of what the daemon read when it started.
type config struct {
	// cri: the daemon serves CRI at all. podEvents: it sends events.
	cri, podEvents bool
}

func readConfig(opts Options, does behaviour) (config, error) {
	if opts.Runtime == CRIO {
		on, err := readCRIO(opts)
		return config{cri: true, podEvents: on}, err
	}
	file, err := readContainerd(opts, does)
	return config{cri: file.cri, podEvents: file.podEvents || !opts.KnowsKey}, err
}

// flags reads a command line of which only some flags matter.
func flags(args []string, define func(*pflag.FlagSet)) error {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.ParseErrorsAllowlist.UnknownFlags = true
	set.SetOutput(io.Discard)
	define(set)
	return set.Parse(args)
}

// onNode is the name that a file of this machine has on the node.
func onNode(root, path string) string {
	return "/" + strings.TrimPrefix(strings.TrimPrefix(path, root), "/")
}
