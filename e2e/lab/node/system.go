package node

import (
	"strings"

	"github.com/plegctl/plegctl/e2e/lab/image"
)

// HostName is what a node outside a cluster calls itself.
const HostName = "node"

// systemFiles are the files of a node below the kubelet: what a container needs
// before it can carry pods, and containerd as its project installs it.
func (s Spec) systemFiles() map[string]file {
	return map[string]file{
		"/usr/local/lib/lab-init":                    {initScript, 0o755},
		"/usr/lib/systemd/system/lab-images.service": {imagesUnit, 0o644},
		"/usr/lib/systemd/system/lab-pods.service":   {podsUnit, 0o644},
		"/usr/lib/systemd/system/containerd.service": {containerdUnit, 0o644},
		"/etc/containerd/config.toml":                {s.containerdConfig(), 0o644},
		"/etc/systemd/journald.conf.d/lab.conf":      {journaldConf, 0o644},
		"/etc/hostname":                              {s.hostName() + "\n", 0o644},
		"/etc/hosts":                                 {"127.0.0.1 localhost\n192.0.2.10 " + s.hostName() + "\n", 0o644},
		"/etc/crictl.yaml":                           {"runtime-endpoint: unix:///run/containerd/containerd.sock\n", 0o644},
	}
}

// initScript is the node's first process. It makes writable what systemd-nspawn
// mounts read-only (the kubelet sets kernel.panic and vm.overcommit_memory and
// makes cgroups) and becomes systemd.
//
// A cgroup v1 hierarchy that has children refuses to be remounted, so each is
// unmounted and mounted again. That works only before systemd runs: its
// sandboxed services have mount namespaces of their own, and while one of those
// holds the old, read-only mount, the new one is read-only too.
const initScript = `#!/bin/sh
mount -o remount,rw /proc/sys || umount /proc/sys
mount -o remount,rw /sys/fs/cgroup
awk '$3 == "cgroup" { print $2, $4 }' /proc/mounts | while read -r dir options; do
	test -w "$dir" && mkdir "$dir/lab-probe" 2>/dev/null && rmdir "$dir/lab-probe" && continue
	controllers=$(echo "$options" | tr , '\n' | grep -Ev '^(ro|rw|nosuid|nodev|noexec|relatime)$' | paste -sd, -)
	umount "$dir"
	mount -t cgroup -o "$controllers" cgroup "$dir"
	mkdir "$dir/lab-probe" && rmdir "$dir/lab-probe" || echo "lab-init: $dir stays read-only"
done
mount --make-rshared /
# An address and a default route, which lead nowhere: the kubelet wants both.
ip link add lab0 type dummy 2>/dev/null || ip link add lab0 type veth peer name lab1
ip address add 192.0.2.10/24 dev lab0
ip link set lab0 up
ip route add default via 192.0.2.1
exec /usr/lib/systemd/systemd
`

const imagesUnit = `[Unit]
Description=Load the images of the lab's pods
After=containerd.service
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/ctr --namespace k8s.io images import /usr/share/lab/images.tar
`

// containerdUnit is the unit of containerd's own project, less what a container
// lacks (modprobe).
const containerdUnit = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target dbus.service

[Service]
ExecStart=/usr/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`

// containerdConfig differs from the defaults in what this kind of machine
// refuses: raising OOM priority without CAP_SYS_RESOURCE, and session keyrings.
// Other versions ask for other pause images by default.
func (s Spec) containerdConfig() string {
	version, runtime, sandbox := "3", "io.containerd.cri.v1.runtime", ""
	switch {
	case strings.HasPrefix(s.Containerd, "1."):
		version, runtime, sandbox = "2", "io.containerd.grpc.v1.cri", "  sandbox_image = '"+image.Pause+"'\n"
	case s.Containerd != "":
		sandbox = "\n[plugins.'io.containerd.cri.v1.images'.pinned_images]\n  sandbox = '" + image.Pause + "'\n"
	}
	table := "plugins.'" + runtime + "'"
	text := "version = " + version + "\n\n[" + table + "]\n  restrict_oom_score_adj = true\n"
	if version == "2" {
		text, sandbox = text+sandbox, ""
	}
	return text + `
  [` + table + `.containerd.runtimes.runc]
    runtime_type = 'io.containerd.runc.v2'

    [` + table + `.containerd.runtimes.runc.options]
      SystemdCgroup = false
      NoNewKeyring = true
` + sandbox
}

// journaldConf lets a chatty kubelet through whole: a lost line would make an
// answer inconclusive that the case expects to be certain.
const journaldConf = `[Journal]
RateLimitIntervalSec=0
Storage=persistent
`
