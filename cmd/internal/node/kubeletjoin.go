package node

import (
	"io/fs"
	"path"
	"strings"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/platform"
	"github.com/plegctl/plegctl/verify/source"
)

// joining puts what `kubeadm join` will make in the place of the configuration file that an
// image does not have yet: kubeadm's defaults with the patches of a directory on top
// (kubernetes v1.37.2 cmd/kubeadm/app/phases/kubelet/config.go, WriteConfigToDisk). Where
// the unit names a directory of kubelet config drop-ins, those are read and need no patch.
func (s *sight) joining() {
	in := &s.kubelet.sources.inputs
	bootstrap, _ := s.kubeletFlag("bootstrap-kubeconfig")
	if !s.host.Offline || in.Config == nil || !in.Config.Missing() || bootstrap.Value != platform.KubeadmBootstrap {
		return
	}
	in.Config = &source.File{Path: in.Config.Path, Data: []byte(platform.KubeadmDefaults)}
	s.facts.Kubelet.Join = verify.Seen("", bootstrap.At.String())
	if in.DropIns == nil {
		in.DropIns = s.kubeadmPatches(platform.KubeadmPatches)
		s.facts.Kubelet.Join.Value = platform.KubeadmPatches
	}
}

// kubeadmPatches reads the merge patches for the kubelet's configuration, in the order in
// which kubeadm applies them. A patch need not repeat apiVersion and kind.
func (s *sight) kubeadmPatches(dir string) *kubeletcfg.DropInDir {
	patches := &kubeletcfg.DropInDir{Path: dir}
	entries, err := fs.ReadDir(rootFS{s.host.Root}, dir)
	if err != nil {
		return patches
	}
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		if entry.IsDir() || !strings.HasPrefix(entry.Name(), "kubeletconfiguration") {
			continue
		}
		file := source.ReadFile(rootFS{s.host.Root}, name)
		if !strings.HasSuffix(name, ".yaml") || strings.Contains(entry.Name(), "+json") {
			patches.Skipped = append(patches.Skipped, file)
			continue
		}
		if text := "\n" + string(file.Data); !strings.Contains(text, "\nkind:") {
			file.Data = []byte(strings.TrimSuffix(string(file.Data), "\n") + "\n" + platform.KubeadmKind)
		}
		patches.Files = append(patches.Files, file)
	}
	return patches
}
