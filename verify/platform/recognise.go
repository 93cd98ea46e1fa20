package platform

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// Recognise finds the platform of the node whose root directory is fsys, and says what it was
// recognised by; kubelet is the kubelet's command line, empty where it does not run. Where
// several platforms fit, the first of the table wins (kind and minikube use kubeadm). Where
// none fits there is no reason, and err says what could not be looked at.
func Recognise(fsys fs.FS, kubelet []string) (p Platform, reasons []string, err error) {
	n := node{fsys: fsys, kubelet: kubelet}
	for _, p := range Table() {
		for _, mark := range p.marks {
			if !slices.ContainsFunc(strings.Split(mark, " and "), func(part string) bool { return !n.has(part) }) {
				reasons = append(reasons, mark)
			}
		}
		if len(reasons) > 0 {
			return p, reasons, nil
		}
	}
	return Platform{Name: "no known platform"}, nil, n.err
}

type node struct {
	fsys    fs.FS
	kubelet []string
	err     error
}

// has reports whether the node has one part of a mark: a field of os-release(5) ("ID=talos"),
// a word of the kubelet's command line that begins so ("argument --config="), or a path.
func (n *node) has(part string) bool {
	if prefix, ok := strings.CutPrefix(part, "argument "); ok {
		return slices.ContainsFunc(n.kubelet, func(arg string) bool { return strings.HasPrefix(arg, prefix) })
	}
	if strings.HasPrefix(part, "ID=") {
		return n.osRelease("/etc/os-release", part) || n.osRelease("/usr/lib/os-release", part)
	}
	_, err := fs.Stat(n.fsys, source.InFS(part))
	n.blind(err)
	return err == nil
}

func (n *node) osRelease(name, field string) bool {
	f := source.ReadFile(n.fsys, name)
	n.blind(f.Err)
	for line := range strings.Lines(string(f.Data)) {
		if strings.NewReplacer(`"`, "", "'", "").Replace(strings.TrimSpace(line)) == field {
			return true
		}
	}
	return false
}

func (n *node) blind(err error) {
	if n.err == nil && err != nil && !errors.Is(err, fs.ErrNotExist) {
		n.err = err
	}
}
