package kubeletcfg

import "strconv"

// Settings are the settings of a kubelet that decide how it can be reached and observed,
// over all sources.
type Settings struct {
	// Address and Port are where the kubelet serves (10250), with TLS and authentication.
	Address Setting[string]
	Port    Setting[int]
	// ReadOnlyPort serves without authentication; 0 is off.
	ReadOnlyPort Setting[int]
	// HealthzBindAddress and HealthzPort (10248; 0 is off) answer /healthz.
	HealthzBindAddress Setting[string]
	HealthzPort        Setting[int]
	// AnonymousAuth lets requests without credentials in.
	AnonymousAuth Setting[bool]
	// AuthorizationMode is Webhook or AlwaysAllow.
	AuthorizationMode Setting[string]
	// ContainerRuntimeEndpoint is the CRI endpoint; before 1.27 it's a flag only, and "" by default.
	ContainerRuntimeEndpoint Setting[string]
	// StaticPodPath is a folder or file of static pods; "" is none. A relative path in a
	// --config file starts at that file's folder.
	StaticPodPath Setting[string]
	// LoggingFormat is text or json; Verbosity is klog's level.
	LoggingFormat Setting[string]
	Verbosity     Setting[int]
	// CgroupDriver is cgroupfs or systemd. From 1.28 (gate KubeletCgroupDriverFromCRI) the
	// runtime's word may override it.
	CgroupDriver Setting[string]
}

// Setting is one value and who set it.
type Setting[T any] struct {
	Value T
	// Known is false where the value cannot be told: a file that could not be read or
	// taken, or a value of the wrong sort.
	Known  bool
	Source Source
	Pos    Place
	// Overruled are the places whose word does not count, the strongest first.
	Overruled []Place
}

// Settings tells the settings that other parts of plegctl need. Defaults are those of
// kubernetes v1.26.15 to v1.37.2, pkg/kubelet/apis/config/v1beta1/defaults.go; a kubelet
// without --config has the older ones of cmd/kubelet/app/options (applyLegacyDefaults).
func (c *Config) Settings() Settings {
	noFile := c.in.Config == nil && !c.configNamed()
	legacy := func(old string, f field) field {
		if noFile {
			f.flagged = &old
		}
		return f
	}
	const keep, drop = false, true // whether 0 or "" in a file counts as not set
	f := func(flag, fallback string, zeroIsUnset bool, path ...string) field {
		return field{path: path, flag: flag, fallback: fallback, zeroIsUnset: zeroIsUnset}
	}
	endpoint := f("container-runtime-endpoint", "", keep)
	if c.in.Version.IsZero() || !c.in.Version.MinorLess(1, 27) {
		endpoint = f(endpoint.flag, "unix:///run/containerd/containerd.sock", drop, "containerRuntimeEndpoint")
	}
	return Settings{
		Address:                  asText(c.resolve(f("address", "0.0.0.0", drop, "address"))),
		Port:                     integer(c.resolve(f("port", "10250", drop, "port"))),
		ReadOnlyPort:             integer(c.resolve(legacy("10255", f("read-only-port", "0", keep, "readOnlyPort")))),
		HealthzBindAddress:       asText(c.resolve(f("healthz-bind-address", "127.0.0.1", drop, "healthzBindAddress"))),
		HealthzPort:              integer(c.resolve(f("healthz-port", "10248", keep, "healthzPort"))),
		AnonymousAuth:            boolean(c.resolve(legacy("true", f("anonymous-auth", "false", keep, "authentication", "anonymous", "enabled")))),
		AuthorizationMode:        asText(c.resolve(legacy("AlwaysAllow", f("authorization-mode", "Webhook", drop, "authorization", "mode")))),
		ContainerRuntimeEndpoint: asText(c.resolve(endpoint)),
		StaticPodPath:            asText(c.resolve(f("pod-manifest-path", "", keep, "staticPodPath"))),
		LoggingFormat:            asText(c.resolve(f("logging-format", "text", drop, "logging", "format"))),
		Verbosity:                integer(c.resolve(f("v", "0", keep, "logging", "verbosity"))),
		CgroupDriver:             asText(c.resolve(f("cgroup-driver", "cgroupfs", drop, "cgroupDriver"))),
	}
}

// configNamed tells that the kubelet has a --config file, read or not.
func (c *Config) configNamed() bool {
	f, ok := c.in.Flags.Last("config")
	return ok && f.Value != ""
}

func asText(s Setting[any]) Setting[string] {
	v, ok := s.Value.(string)
	return Setting[string]{v, s.Known && ok, s.Source, s.Pos, s.Overruled}
}

// integer takes a JSON number, or the text of a flag or a default.
func integer(s Setting[any]) Setting[int] {
	v, ok := number(s.Value)
	if text, isText := s.Value.(string); isText && s.Source != SourceConfigFile && s.Source != SourceDropIn {
		n, err := strconv.ParseInt(text, 0, 32)
		v, ok = int(n), err == nil
	}
	return Setting[int]{v, s.Known && ok, s.Source, s.Pos, s.Overruled}
}

func boolean(s Setting[any]) Setting[bool] {
	v, ok := s.Value.(bool)
	if text, isText := s.Value.(string); isText && s.Source != SourceConfigFile && s.Source != SourceDropIn {
		b, err := strconv.ParseBool(text)
		v, ok = b, err == nil
	}
	return Setting[bool]{v, s.Known && ok, s.Source, s.Pos, s.Overruled}
}
