package start

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// afterEnv changes the environment as env(1) does.
func afterEnv(p *peeler, own []starterOption, rest []word) ([]word, bool) {
	for _, o := range own {
		switch text := o.value.String(); o.name {
		case "i", "ignore-environment":
			p.env = newEnvironment()
		case "u", "unset":
			p.env.unset(text)
		case "C", "chdir":
			p.changeDirectory(o.value)
		case "":
			p.assign(o.value)
		}
	}
	return rest, false
}

// assign sets the variable of a word NAME=VALUE; a word without a value, or with a name that
// is none, sets nothing here.
func (p *peeler) assign(w word) {
	if name, _, ok := strings.Cut(w.String(), "="); ok && isVariableName(name) {
		p.env.set(variable{name, w.cut(len(name)+1, len(w.bytes)), p.position(w, 0)})
	}
}

func (p *peeler) changeDirectory(w word) {
	if w.unknown != "" {
		p.limit(w, otherDirectory+": "+w.unknown)
	}
	if p.cmd.Directory = path.Clean(w.String()); !path.IsAbs(w.String()) {
		p.limit(w, otherDirectory+" to a relative path")
	}
}

// afterSystemdRun: a transient service has an environment of its own, and systemd resolves
// variables in its words once more.
func afterSystemdRun(p *peeler, own []starterOption, rest []word) ([]word, bool) {
	has := func(names ...string) bool {
		return slices.ContainsFunc(own, func(o starterOption) bool { return slices.Contains(names, o.name) })
	}
	if !has("scope") {
		if p.env = newEnvironment(); !has("d", "same-dir") {
			p.cmd.Directory = "/"
		}
	}
	for _, o := range own {
		switch o.name {
		case "E", "setenv":
			p.assign(o.value)
		case "working-directory":
			p.changeDirectory(o.value)
		case "p", "property":
			if name, _, _ := strings.Cut(o.value.String(), "="); slices.Contains(serviceSettings(), name) {
				p.limit(o.value, fmt.Sprintf("%s starts systemd-run, whose property %s is not read", p.what, name))
			}
		}
	}
	for i, w := range rest {
		switch text := w.String(); {
		case strings.HasPrefix(text, "$") && !strings.HasPrefix(text, "${"):
			p.limit(w, "systemd-run makes any number of words of "+text)
		case strings.Contains(text, "$"):
			rest[i].unknown = "systemd-run resolves variables in it"
		}
	}
	return rest, false
}

// afterFlock: -c and a shell line may take the place of the command.
func afterFlock(p *peeler, own []starterOption, rest []word) ([]word, bool) {
	if c := rest[0].String(); (c == "-c" || c == "--command") && len(rest) > 1 {
		return shellLine(p, word{text: constant("flock", own[len(own)-1].value)}, rest[1])
	}
	return rest, false
}

func afterChroot(p *peeler, own []starterOption, rest []word) ([]word, bool) {
	root := own[len(own)-1].value
	if root.String() == "/" {
		return rest, false
	}
	p.limit(root, fmt.Sprintf("%s starts chroot %s: %s", p.what, root, otherRoot))
	return nil, true
}
