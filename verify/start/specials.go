package start

import (
	"fmt"
	"path"
	"strings"
)

// special returns the reader of a starter whose command line is more than options and
// operands; nil for a program that is none.
func special(name string) func(p *peeler, words []word) ([]word, bool) {
	switch name {
	case "flock":
		return flock
	case "sh", "bash", "dash", "ash", "ksh", "zsh":
		return shell
	case "podman", "docker", "nerdctl":
		return container
	case "hyperkube":
		return hyperkube
	case "busybox":
		return func(_ *peeler, words []word) ([]word, bool) { return words[1:], false }
	}
	return nil
}

// flock is flock(1): options, a lock file, then a command, or -c and a shell line.
func flock(p *peeler, words []word) ([]word, bool) {
	options := starter{
		flags: "sxenuFo", valued: "wE", long: "shared exclusive nb nonblock unlock close no-fork verbose",
		longValued: "wait timeout conflict-exit-code", operands: 1,
	}
	_, rest, reason := options.strip(words[1:])
	if reason != "" {
		p.limit(words[0], fmt.Sprintf("%s starts flock: %s", p.what, reason))
		return nil, true
	}
	if c := rest[0].String(); (c == "-c" || c == "--command") && len(rest) > 1 {
		return shellLine(p, words[0], rest[1])
	}
	return rest, false
}

// hyperkube is one program for all daemons of Kubernetes; the first argument names one.
func hyperkube(p *peeler, words []word) ([]word, bool) {
	if len(words) > 1 && p.isProgram(path.Base(strings.TrimPrefix(words[1].String(), "--"))) {
		p.cmd.Program = p.find(words[0].String())
		return words[1:], false
	}
	p.limit(words[0], fmt.Sprintf("%s starts hyperkube without %s", p.what, p.programs[0]))
	return nil, true
}
