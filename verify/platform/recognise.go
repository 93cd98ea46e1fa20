package platform

import (
	"fmt"
	"slices"
	"strings"
)

// Probe is a path to look at. Head is how many bytes of its beginning are wanted; 0 asks
// only whether it exists, directories included.
type Probe struct {
	Path string
	Head int
}

// Look is what was found at a path. Err tells why it could not be looked at.
type Look struct {
	Exists bool
	Head   []byte
	Err    error
}

// Evidence is what was seen of a node.
type Evidence struct {
	// Looks has an entry for each probe.
	Looks map[string]Look
	// Kubelet is the kubelet's command line, program first; empty if it does not run.
	Kubelet []string
}

// Probes are all paths that [Recognise] wants to know about, each once.
func Probes() []Probe {
	heads := map[string]int{}
	for _, p := range Table() {
		for _, m := range p.marks {
			for _, probe := range m.probes {
				heads[probe.Path] = max(heads[probe.Path], probe.Head)
			}
		}
	}
	out := make([]Probe, 0, len(heads))
	for path, head := range heads {
		out = append(out, Probe{Path: path, Head: head})
	}
	slices.SortFunc(out, func(a, b Probe) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// Recognise finds the platform, and says what it was recognised by. Where several fit, the
// one that builds on the others comes first in the table and wins (kind and minikube use
// kubeadm). The platform is Plain, without a reason, where none fits; ask [Blind] then
// whether everything could be looked at.
func Recognise(e Evidence) (Platform, []string) {
	for _, p := range Table() {
		var reasons []string
		for _, m := range p.marks {
			if m.seen(e) {
				reasons = append(reasons, m.why)
			}
		}
		if len(reasons) > 0 {
			return p, reasons
		}
	}
	return plain(), nil
}

// Blind lists the probes that could not be looked at. While there are any, Plain is no
// finding.
func Blind(e Evidence) []string {
	var out []string
	for _, p := range Probes() {
		look, ok := e.Looks[p.Path]
		if !ok {
			out = append(out, p.Path+": not looked at")
		} else if look.Err != nil {
			out = append(out, fmt.Sprintf("%s: %v", p.Path, look.Err))
		}
	}
	return out
}

// mark is one thing by which a platform is recognised.
type mark struct {
	why    string
	probes []Probe
	seen   func(Evidence) bool
}

// path: the file or directory exists.
func path(name string) mark {
	return mark{why: name + " exists", probes: []Probe{{Path: name}}, seen: func(e Evidence) bool { return e.Looks[name].Exists }}
}

// head: the file's beginning holds the text.
func head(name, text string) mark {
	return mark{
		why: fmt.Sprintf("%s holds %q", name, text), probes: []Probe{{Path: name, Head: headBytes}},
		seen: func(e Evidence) bool { return strings.Contains(string(e.Looks[name].Head), text) },
	}
}

// headBytes is enough for an os-release file and for the comments on top of a configuration.
const headBytes = 4096

// all: every one of the marks.
func all(marks ...mark) mark {
	m := mark{seen: func(e Evidence) bool {
		return !slices.ContainsFunc(marks, func(m mark) bool { return !m.seen(e) })
	}}
	var why []string
	for _, part := range marks {
		why = append(why, part.why)
		m.probes = append(m.probes, part.probes...)
	}
	m.why = strings.Join(why, " and ")
	return m
}

// osRelease: a field of os-release(5) has the value.
func osRelease(field, value string) mark {
	files := []string{"/etc/os-release", "/usr/lib/os-release"}
	return mark{
		why: fmt.Sprintf("os-release says %s=%s", field, value), probes: []Probe{{files[0], headBytes}, {files[1], headBytes}},
		seen: func(e Evidence) bool {
			return slices.ContainsFunc(files, func(f string) bool { return value == fieldOf(e.Looks[f].Head, field) })
		},
	}
}

// fieldOf reads one field of os-release(5), quotes taken away.
func fieldOf(text []byte, field string) string {
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), field+"="); ok {
			return strings.Trim(value, `"'`)
		}
	}
	return ""
}

// argument: a word of the kubelet's command line begins with the text.
func argument(prefix string) mark {
	return mark{
		why: "the kubelet's command line has " + prefix,
		seen: func(e Evidence) bool {
			return slices.ContainsFunc(e.Kubelet, func(arg string) bool { return strings.HasPrefix(arg, prefix) })
		},
	}
}
