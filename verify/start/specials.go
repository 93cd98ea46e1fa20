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

// hyperkube is one program for all daemons of Kubernetes; the first argument names one.
func hyperkube(p *peeler, words []word) ([]word, bool) {
	if len(words) > 1 && p.isProgram(path.Base(strings.TrimPrefix(words[1].String(), "--"))) {
		p.cmd.Program = p.find(words[0].String())
		return words[1:], false
	}
	p.limit(words[0], fmt.Sprintf("%s starts hyperkube without %s", p.what, p.programs[0]))
	return nil, true
}
