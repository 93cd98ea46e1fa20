package node

import (
	"errors"
	"path"
	"strings"

	"github.com/plegctl/plegctl/verify"
)

// staticPods lists the node's static pods: those that are configured, by directory or URL,
// and where none is configured that we could see, those that run.
func (s *sight) staticPods() verify.Fact[[]string] {
	configured := s.manifestPods()
	if url := s.facts.Kubelet.Settings.StaticPodURL; url.Known && url.Value != "" {
		return verify.Seen(append(configured.Value, "those of "+url.Value), url.At.String())
	}
	if len(configured.Value) > 0 {
		return configured
	}
	var running []string
	for _, pod := range s.facts.Node.Pods.Value {
		if pod.Static {
			running = append(running, pod.Namespace+"/"+pod.Name)
		}
	}
	if len(running) > 0 {
		return verify.Seen(running, s.facts.Node.Pods.From)
	}
	return configured
}

// manifestPods lists the manifests in the static pod directory.
func (s *sight) manifestPods() verify.Fact[[]string] {
	setting, inputs := s.facts.Kubelet.Settings.StaticPodPath, s.facts.Kubelet.Inputs
	switch {
	case !inputs.Seen:
		return verify.Unseen[[]string]("the kubelet's static pod directory is not known: "+inputs.Why, inputs.Hint)
	case !setting.Known:
		return verify.Unseen[[]string]("the kubelet's static pod directory is not known: "+setting.Reason, setting.Hint)
	case setting.Value == "":
		return verify.Seen([]string(nil), "no staticPodPath")
	}
	dir := setting.Value
	if config := inputs.Value.Config; config != nil && !path.IsAbs(dir) {
		dir = path.Join(path.Dir(config.Path), dir)
	}
	names, err := s.manifests(dir)
	switch {
	case errors.Is(err, errNotDir):
		return verify.Seen([]string{path.Base(dir)}, dir)
	case missing(err):
		return verify.Seen([]string(nil), dir+", which does not exist")
	case err != nil:
		return unseen[[]string](err)
	}
	return verify.Seen(names, dir)
}

// manifests are the files that the kubelet reads as pods: all but directories and names that
// begin with a dot (kubernetes pkg/kubelet/config/file.go, extractFromDir).
func (s *sight) manifests(dir string) ([]string, error) {
	entries, err := s.host.Root.ReadDir(dir)
	if err != nil {
		return nil, notDir(err)
	}
	var names []string
	for _, entry := range entries {
		if !entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}
