package known

import (
	"slices"
	"strings"
)

// RuntimeInfo is one row of the table of container runtimes: its names, where it is found
// on a node, and the setting that makes it send container events. What a version of it can
// do is in [RuntimeAt]; the rules by which it reads its files are in package runtimecfg.
type RuntimeInfo struct {
	// Name is the name in CRI Version, Aliases are other spellings of it.
	Name    RuntimeName
	Aliases []string
	// Title is the name for people.
	Title string
	// Programs are the names of its executable, Packages those of its packages, Dir is the
	// directory that its packages create.
	Programs, Packages []string
	Dir                string
	// Installs are the ways in which it is installed, that of its own packages first.
	Installs []Install

	// switches are the settings that switch container events on, oldest first.
	switches []Switch
	at       func(*Runtime)
}

// Install is one way in which a runtime is installed.
type Install struct {
	// Socket is the path of its CRI socket.
	Socket string
	// Units are the systemd units that can serve that socket, likeliest first.
	Units []string
	// Config is its configuration file, DropInDir the directory that it reads whole; "" for none.
	Config, DropInDir string
	// Embedded reports whether the units run another program that starts the runtime.
	Embedded bool
}

// Switch is the setting that switches container events on.
type Switch struct {
	// Since is the first minor release that has it.
	Since Version
	// Table and Key are its place in the configuration. Table is empty where it depends on
	// the file (containerd).
	Table []string
	Key   string
	// Flag (without dashes) and Variable set it too; "" where there is none.
	Flag, Variable string
	// Patched reports whether no upstream release has it, but only builds whose own
	// configuration dump shows it.
	Patched bool
}

const podEventsKey = "enable_pod_events"

// Runtimes returns the table: one row for each runtime that sends container events.
func Runtimes() []RuntimeInfo {
	containerd := []string{"containerd.service"}
	return []RuntimeInfo{
		{
			Name: Containerd, Title: "containerd",
			Programs: []string{"containerd"}, Packages: []string{"containerd", "containerd.io"}, Dir: "/etc/containerd",
			Installs: []Install{
				{Socket: "/run/containerd/containerd.sock", Units: containerd, Config: "/etc/containerd/config.toml"},
				{
					Socket: "/run/k3s/containerd/containerd.sock", Config: "/var/lib/rancher/k3s/agent/etc/containerd/config.toml",
					Units: []string{"k3s.service", "k3s-agent.service", "rke2-server.service", "rke2-agent.service"}, Embedded: true,
				},
				{Socket: "/run/k0s/containerd.sock", Units: []string{"k0sworker.service", "k0scontroller.service"}, Config: "/etc/k0s/containerd.toml", Embedded: true},
				{
					Socket: "/var/snap/microk8s/common/run/containerd.sock", Units: []string{"snap.microk8s.daemon-containerd.service"},
					Config: "/var/snap/microk8s/current/args/containerd.toml", Embedded: true,
				},
			},
			switches: []Switch{{Key: podEventsKey, Patched: true}},
			at:       containerdAt,
		},
		{
			Name: CRIO, Aliases: []string{"crio"}, Title: "CRI-O",
			Programs: []string{"crio"}, Packages: []string{"cri-o"}, Dir: "/etc/crio",
			// CRI-O itself writes the socket as /var/run/crio/crio.sock (cri-o v1.36.3
			// pkg/config/config_unix.go), which is the same file.
			Installs: []Install{
				{Socket: "/run/crio/crio.sock", Units: []string{"crio.service", "cri-o.service"}, Config: "/etc/crio/crio.conf", DropInDir: "/etc/crio/crio.conf.d"},
			},
			switches: []Switch{{Since: V(1, 26, 0), Table: []string{"crio", "runtime"}, Key: podEventsKey, Flag: "enable-pod-events", Variable: "ENABLE_POD_EVENTS"}},
			at:       crioAt,
		},
	}
}

// RuntimeInfoOf returns a runtime's row; ok is false for a runtime that is not in the table.
func RuntimeInfoOf(name RuntimeName) (info RuntimeInfo, ok bool) {
	for _, info := range Runtimes() {
		if info.Name == name {
			return info, true
		}
	}
	return RuntimeInfo{Name: name, Title: string(name)}, false
}

// RuntimeOfEndpoint returns the runtime whose sockets have the name of this one
// ("unix:///run/crio/crio.sock"), which may be in another directory.
func RuntimeOfEndpoint(endpoint string) (info RuntimeInfo, ok bool) {
	for _, info := range Runtimes() {
		for _, program := range info.Programs {
			if strings.Contains(endpoint, program) {
				return info, true
			}
		}
	}
	return RuntimeInfo{}, false
}

// InstallOf returns the way of installation that an endpoint belongs to, else the usual one.
func (i RuntimeInfo) InstallOf(endpoint string) Install {
	path := strings.TrimPrefix(strings.TrimPrefix(endpoint, "unix://"), "/var")
	for _, install := range i.Installs {
		if strings.TrimPrefix(install.Socket, "/var") == path {
			return install
		}
	}
	if len(i.Installs) == 0 {
		return Install{}
	}
	return i.Installs[0]
}

// Switch returns the setting that switches container events on in a version; the newest
// one for the zero version. ok is false for a version that is older than the setting.
func (i RuntimeInfo) Switch(v Version) (s Switch, ok bool) {
	for _, s := range slices.Backward(i.switches) {
		if v.IsZero() || !v.MinorLess(s.Since.Major, s.Since.Minor) {
			return s, true
		}
	}
	return Switch{}, false
}

// HasSwitch reports whether upstream releases of the runtime send container events only if
// a setting says so.
func (i RuntimeInfo) HasSwitch() bool {
	return slices.ContainsFunc(i.switches, func(s Switch) bool { return !s.Patched })
}

// String returns the place of the setting: "crio.runtime.enable_pod_events".
func (s Switch) String() string { return strings.Join(append(slices.Clone(s.Table), s.Key), ".") }
