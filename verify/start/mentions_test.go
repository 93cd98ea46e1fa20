package start

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMentions(t *testing.T) {
	const gate = "--feature-gates=EventedPLEG=true"
	files := tree{
		"/etc/systemd/system/kubelet.service": "[Service]\n# EventedPLEG\nEnvironmentFile=/etc/default/kubelet\nEnvironment=UNUSED=" + gate +
			" \"USED=" + gate + "\"\nExecStart=/usr/bin/kubelet $USED $MORE\n",
		"/usr/lib/systemd/system/kubelet.service":              "[Service]\nExecStart=/usr/bin/kubelet " + gate + "\n",
		"/etc/systemd/system/kubelet.service.d/10.conf":        "[Service]\nDescription=eventedpleg\n",
		"/usr/lib/systemd/system/kubelet.service.d/10.conf":    "[Service]\nEnvironment=MORE=" + gate + "\n",
		"/etc/systemd/system/kubelet.service.d/20.conf.backup": "Environment=MORE=" + gate + "\n",
		"/etc/default/kubelet":                                 "export MORE=" + gate + "\n;EventedPLEG\n",
		"/etc/sysconfig/kubelet":                               "MORE=" + gate + "\n",
	}
	var got []string
	for _, m := range Resolve(files, Request{Programs: []string{"kubelet"}}).Mentions("EventedPLEG") {
		got = append(got, fmt.Sprintf("%s counts %v %s", m.At, m.Counts, m.Why))
	}
	want := `/etc/systemd/system/kubelet.service:2:3 counts false it is in a comment
/etc/systemd/system/kubelet.service:4:36 counts false UNUSED=--feature-gates=EventedPLEG=true has no effect: ExecStart= does not refer to $UNUSED
/etc/systemd/system/kubelet.service:4:75 counts true 
/etc/systemd/system/kubelet.service.d/10.conf:2:13 counts false it does not reach the command line of the daemon
/etc/default/kubelet:1:29 counts false Ignoring invalid environment assignment 'export MORE=--feature-gates=EventedPLEG=true' ("export" is not known there)
/etc/default/kubelet:2:2 counts false it is in a comment
/etc/systemd/system/kubelet.service.d/20.conf.backup:1:34 counts false systemd reads only files that end in .conf there
/usr/lib/systemd/system/kubelet.service:2:44 counts false systemd reads /etc/systemd/system/kubelet.service instead
/usr/lib/systemd/system/kubelet.service.d/10.conf:2:34 counts false systemd reads /etc/systemd/system/kubelet.service.d/10.conf instead
/etc/sysconfig/kubelet:1:22 counts false no EnvironmentFile= of kubelet.service names it`
	if diff := cmp.Diff(strings.Split(want, "\n"), got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}
