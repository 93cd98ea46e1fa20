package node

import (
	"slices"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/source"
)

// A static pod is a pod whose source is not the API server, wherever the question is asked.
func TestStaticPods(t *testing.T) {
	for annotation, want := range map[string]bool{"file": true, "http": true, "api": false, "": false, "other": true} {
		one := cri.Sandbox{Annotations: map[string]string{"kubernetes.io/config.source": annotation}}
		if got := isStatic(one); got != want {
			t.Errorf("source %q: %v", annotation, got)
		}
	}
	root, err := hostfs.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	running := verify.Seen([]verify.Pod{{Namespace: "kube-system", Name: "etcd", Static: true}, {Namespace: "a", Name: "b"}}, "CRI")
	url := source.Set("http://10.0.0.1/pods", source.At(source.Flag, "", 0, 0))
	for name, c := range map[string]struct {
		pods verify.Fact[[]verify.Pod]
		url  source.Setting[string]
		want []string
	}{
		"nothing":               {want: nil},
		"a URL":                 {url: url, want: []string{"those of http://10.0.0.1/pods"}},
		"one that runs":         {pods: running, want: []string{"kube-system/etcd"}},
		"one that runs, a URL":  {pods: running, url: url, want: []string{"those of http://10.0.0.1/pods"}},
		"only pods of the API":  {pods: verify.Seen([]verify.Pod{{Namespace: "a", Name: "b"}}, "CRI"), want: nil},
		"an unreadable runtime": {pods: verify.Unseen[[]verify.Pod]("no", ""), want: nil},
	} {
		s := &sight{host: &Host{Root: root}}
		s.facts.Kubelet.Inputs = verify.Seen(kubeletcfg.Inputs{}, "process 1")
		s.facts.Kubelet.Settings = kubeletcfg.Settings{StaticPodPath: source.DefaultTo(""), StaticPodURL: c.url}
		s.facts.Node.Pods = c.pods
		if got := s.staticPods(); !got.Seen || !slices.Equal(got.Value, c.want) {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
}
