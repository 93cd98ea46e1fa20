package node

import (
	"path"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/installed"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/start"
)

// kubeletPackage is what the version of a kubelet is found by.
func kubeletPackage() installed.Program {
	return installed.Program{
		Usual: "/usr/bin/" + kubeletProgram, Packages: []string{"kubelet", "kubernetes", "kubernetes-node", "kubernetes-kubelet"},
		Modules: []string{"k8s.io/kubernetes"},
	}
}

func runtimePackage(info known.RuntimeInfo) installed.Program {
	return installed.Program{Usual: "/usr/bin/" + info.Program, Packages: info.Packages, Modules: info.Modules}
}

// packagedUnit returns the runtime whose packages install the unit.
func packagedUnit(unit string) (info known.RuntimeInfo, ok bool) {
	for _, info := range known.Runtimes() {
		if info.Units("")[0] == unit {
			return info, true
		}
	}
	return info, false
}

// installed returns the version of the very program that a unit starts, which is not run.
// flag is how the operator gives the version otherwise.
func (s *sight) installed(cmd start.Command, flag string, p installed.Program) verify.Fact[known.Version] {
	hint := "set it with " + flag
	p.Path = cmd.Program
	if _, ok := packagedUnit(cmd.Unit); ok && !cmd.Exists() {
		p.Path = p.Usual // a part of a tree: the package brings the unit, which starts its own program
	}
	if cmd.Contained || !path.IsAbs(p.Path) {
		why := "it is not known which program is started"
		if cmd.Limit != nil {
			why += ": " + cmd.Limit.Reason
		}
		return verify.Unseen[known.Version](why, hint)
	}
	text, from, err := installed.Version(rootFS{s.host.Root}, p)
	if err != nil {
		return verify.Unseen[known.Version](err.Error(), hint)
	}
	v, err := known.Parse(text)
	if err != nil {
		return verify.Unseen[known.Version](err.Error(), hint)
	}
	return verify.Seen(v, from)
}
