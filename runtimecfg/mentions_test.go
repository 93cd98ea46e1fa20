package runtimecfg

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// TestMentions answers "I set it, why is it off?".
func TestMentions(t *testing.T) {
	unit := source.File{Path: "/etc/systemd/system/crio.service.d/10.conf", Data: []byte("[Service]\nEnvironment=ENABLE_POD_EVENTS=true\n# ExecStart=/usr/bin/crio --enable-pod-events\n")}
	for name, test := range map[string]struct {
		runtime known.RuntimeName
		in      Inputs
		files   fstest.MapFS
		want    string
	}{
		"crio": {
			runtime: known.CRIO,
			in:      Inputs{Version: known.V(1, 36, 3)},
			files: fstest.MapFS{
				"etc/crio/crio.conf":            {Data: []byte("[crio.runtime]\n# enable_pod_events = false\nenable_pod_events = true\n[crio.api]\nenable_pod_events = true\n")},
				"etc/crio/crio.conf.d/90.conf":  {Data: []byte("[crio.runtime]\nenable_pod_events = false # enable_pod_events\n")},
				"etc/crio/crio.conf.d/91.conf":  {Data: []byte("[crio.runtime]\nlog_filter = \"enable_pod_events\"\n")},
				"etc/crio/conf.d/not-read.conf": {Data: []byte("[crio.runtime]\nenable_pod_events = true\n")},
			},
			want: `
/etc/crio/crio.conf:2:3: has no effect, because it is in a comment
/etc/crio/crio.conf:3:1: has no effect, because /etc/crio/crio.conf.d/90.conf:2:1 overrides it
/etc/crio/crio.conf:5:1: has no effect, because CRI-O ignores crio.api.enable_pod_events: the key belongs into the table [crio.runtime]
/etc/crio/crio.conf.d/90.conf:2:1: counts
/etc/crio/crio.conf.d/90.conf:2:29: has no effect, because it is in a comment
/etc/crio/crio.conf.d/91.conf:2:15: has no effect, because it is not a setting there
/etc/crio/conf.d/not-read.conf:2:1: has no effect, because CRI-O does not read this file`,
		},
		"a flag overrides a variable": {
			runtime: known.CRIO,
			in: Inputs{Version: known.V(1, 36, 3), Command: start.Command{
				Files: []source.File{unit},
				Args:  []start.Word{{Text: "crio"}, {Text: "--enable-pod-events=false", At: source.Position{Kind: source.Flag, Owner: "process 7", Arg: 1}}},
				Env:   []start.Variable{{Name: "ENABLE_POD_EVENTS", Value: "true", At: source.At(source.Environment, unit.Path, 2, 13)}},
			}},
			want: `
/etc/systemd/system/crio.service.d/10.conf:3:29: has no effect, because it is in a comment
/etc/systemd/system/crio.service.d/10.conf:2:13: has no effect, because --enable-pod-events of process 7 overrides it
--enable-pod-events of process 7: counts`,
		},
		"containerd has no such setting": {
			runtime: known.Containerd,
			in:      Inputs{Version: known.V(2, 1, 5)},
			files: fstest.MapFS{
				"etc/containerd/config.toml":     {Data: []byte("version = 3\n[plugins.'io.containerd.cri.v1.runtime']\nenable_pod_events = true\n")},
				"etc/containerd/conf.d/own.toml": {Data: []byte("enable_pod_events = true\n")},
			},
			want: `
/etc/containerd/config.toml:3:1: has no effect, because containerd has no such setting and ignores it: containerd 2 warns of an unknown key for the plugin io.containerd.cri.v1.runtime; its events are always on from 1.7
/etc/containerd/conf.d/own.toml:1:1: has no effect, because containerd does not read this file`,
		},
		"a daemon that does not start": {
			runtime: known.CRIO,
			files:   fstest.MapFS{"etc/crio/crio.conf": {Data: []byte("[crio.runtime]\nenable_pod_events: true\n")}},
			want: `
/etc/crio/crio.conf:2:1: has no effect, because expected '.' or '=', but got ':' instead`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			for _, m := range Mentions(test.runtime, ReadFS(test.files, test.runtime, test.in)) {
				got.WriteString("\n" + m.String())
			}
			if diff := cmp.Diff(test.want, got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
