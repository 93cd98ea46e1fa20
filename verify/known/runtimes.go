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
	// Program is the name of its executable, Packages are the names of its packages, Modules
	// those of its Go modules.
	Program           string
	Packages, Modules []string
	// Config is its configuration file, DropInDir the directory that it reads whole, ""
	// for none. Dir is the directory that its packages create for both.
	Dir, Config, DropInDir string
	// ShowsConfig reports whether it answers HTTP requests for its running configuration
	// on its CRI socket; HidesCRI whether its CRI service can be switched off.
	ShowsConfig, HidesCRI bool
	// CrashesOnLeave reports whether releases exist that crash when a reader of their
	// events goes away.
	CrashesOnLeave bool
	// Installs are how it is installed, that of its own packages first.
	Installs []Install

	// switches are the settings that switch container events on, oldest first.
	switches []Switch
	at       func(*Runtime)
}

// Install is how a runtime is installed: the path of its CRI socket, and the
// systemd units that can serve it, likeliest first.
type Install struct {
	Socket string
	Units  []string
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
	return []RuntimeInfo{
		{
			Name: Containerd, Title: "containerd", Program: "containerd", Packages: []string{"containerd", "containerd.io"},
			Modules: []string{"github.com/containerd/containerd", "github.com/containerd/containerd/v2"},
			Dir:     "/etc/containerd", Config: "/etc/containerd/config.toml", HidesCRI: true,
			Installs: []Install{
				{"/run/containerd/containerd.sock", []string{"containerd.service"}},
				{"/run/k3s/containerd/containerd.sock", []string{"k3s.service", "k3s-agent.service", "rke2-server.service", "rke2-agent.service"}},
				{"/run/k0s/containerd.sock", []string{"k0sworker.service", "k0scontroller.service"}},
				{"/var/snap/microk8s/common/run/containerd.sock", []string{"snap.microk8s.daemon-containerd.service"}},
			},
			switches: []Switch{{Key: podEventsKey, Patched: true}},
			at:       containerdAt,
		},
		{
			Name: CRIO, Aliases: []string{"crio"}, Title: "CRI-O", Program: "crio", Packages: []string{"cri-o"}, Modules: []string{"github.com/cri-o/cri-o"},
			// cri-o v1.36.3 pkg/config/config_unix.go
			Dir: "/etc/crio", Config: "/etc/crio/crio.conf", DropInDir: "/etc/crio/crio.conf.d",
			ShowsConfig: true, CrashesOnLeave: true,
			Installs: []Install{{"/run/crio/crio.sock", []string{"crio.service", "cri-o.service"}}},
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

// RuntimeOfEndpoint returns the runtime whose program an endpoint is named after
// ("unix:///run/crio/crio.sock"), whatever its directory.
func RuntimeOfEndpoint(endpoint string) (info RuntimeInfo, ok bool) {
	for _, info := range Runtimes() {
		if strings.Contains(endpoint, info.Program) {
			return info, true
		}
	}
	return RuntimeInfo{}, false
}

// Units returns the units that can serve an endpoint: those of the socket, else those of the
// runtime's own packages.
func (i RuntimeInfo) Units(endpoint string) []string {
	if install, ok := i.InstallAt(endpoint); ok {
		return install.Units
	}
	if len(i.Installs) == 0 {
		return nil
	}
	return i.Installs[0].Units
}

// InstallAt returns the install whose socket an endpoint is; ok is false for a socket that
// somebody chose.
func (i RuntimeInfo) InstallAt(endpoint string) (install Install, ok bool) {
	path := SocketPath(endpoint)
	for _, install := range i.Installs {
		if SocketPath(install.Socket) == path {
			return install, true
		}
	}
	return Install{}, false
}

// SocketPath returns an endpoint's path without "unix://" and without the leading /var:
// /var/run is a link to /run.
func SocketPath(endpoint string) string {
	return strings.TrimPrefix(strings.TrimPrefix(endpoint, "unix://"), "/var")
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
