package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/plegctl/plegctl/cmd/internal/hint"
)

// Settings are plegctl's own options, resolved once: flag, then PLEGCTL_* in the
// environment, then the configuration file, then the default.
type Settings struct {
	// Root is "/" or the folder that holds an image's file system.
	Root string `mapstructure:"root"`
	// Output is text, short, json, junit, or a format that a verb adds.
	Output string `mapstructure:"output"`
	// Color is auto, always or never.
	Color   string `mapstructure:"color"`
	Quiet   bool   `mapstructure:"quiet"`
	Verbose bool   `mapstructure:"verbose"`
	// Timeout bounds the whole command; 0 means the verb's own default.
	Timeout time.Duration `mapstructure:"timeout"`
	// StateDir holds the record of changes.
	StateDir string `mapstructure:"state-dir"`
	Config   string `mapstructure:"config"`

	// What follows names the parts of the node where they cannot be found, or must not
	// be looked for.
	KubeletUnit     string `mapstructure:"kubelet-unit"`
	RuntimeUnit     string `mapstructure:"runtime-unit"`
	RuntimeEndpoint string `mapstructure:"runtime-endpoint"`
	Kubeconfig      string `mapstructure:"kubeconfig"`
	TokenFile       string `mapstructure:"token-file"`
	KubeletVersion  string `mapstructure:"kubelet-version"`
	Runtime         string `mapstructure:"runtime"`
	RuntimeVersion  string `mapstructure:"runtime-version"`
}

// Offline tells that only a folder of files is looked at.
func (s Settings) Offline() bool { return s.Root != "/" }

const defaultConfig = "/etc/plegctl/config.yaml"

func addGlobalFlags(flags *pflag.FlagSet) {
	flags.String("root", "/", "work on the file system of an image in this `folder`; nothing that runs is looked at")
	flags.StringP("output", "o", "text", "output `format`: text, short, json or junit (some verbs add more)")
	flags.String("color", "auto", "colour: auto, always or never")
	flags.BoolP("quiet", "q", false, "say nothing on stderr but errors")
	flags.BoolP("verbose", "v", false, "say more on stderr")
	flags.Duration("timeout", 0, "bound for the whole command (default: the verb's own)")
	flags.String("state-dir", "/var/lib/plegctl", "`folder` for the record of changes")
	flags.String("config", "", "configuration `file` of plegctl (default "+defaultConfig+", where it exists)")
	flags.String("kubelet-unit", "kubelet.service", "systemd `unit` of the kubelet")
	flags.String("runtime-unit", "", "systemd `unit` of the container runtime (default: by the runtime that is found)")
	flags.String("runtime-endpoint", "", "CRI `endpoint`, unix:///… (default: the kubelet's)")
	flags.String("kubeconfig", "", "`file` with a credential that may read the kubelet's metrics")
	flags.String("token-file", "", "`file` with a bearer token that may read the kubelet's metrics")
	flags.String("kubelet-version", "", "the kubelet's `version`, where it cannot be found (--root)")
	flags.String("runtime", "", "the container `runtime`, containerd or cri-o, where it cannot be found (--root)")
	flags.String("runtime-version", "", "the runtime's `version`, where it cannot be found (--root)")
}

// resolveSettings is the only place that uses viper. viper folds the case of keys, so it
// never reads a kubelet's or a runtime's file.
func resolveSettings(flags *pflag.FlagSet, getenv func(string) string) (Settings, error) {
	v := viper.New()
	var names []string
	var bound error
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || !slices.Contains(settingNames(), f.Name) {
			return
		}
		names = append(names, f.Name)
		bound = errors.Join(bound, v.BindPFlag(f.Name, f))
		if value := getenv(envName(f.Name)); value != "" && !f.Changed {
			v.Set(f.Name, value)
		}
	})
	if bound != nil {
		return Settings{}, fmt.Errorf("bind flags: %w", bound)
	}
	if err := readOwnConfig(v, names); err != nil {
		return errorSettings(v), err
	}
	var s Settings
	if err := v.Unmarshal(&s); err != nil {
		return errorSettings(v), usage(fmt.Errorf("read settings: %w", err), "check PLEGCTL_* in the environment and the configuration file")
	}
	return s, s.check()
}

// errorSettings are enough to tell of an error in the wanted format.
func errorSettings(v *viper.Viper) Settings { return Settings{Output: v.GetString("output")} }

func envName(flag string) string {
	return "PLEGCTL_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func readOwnConfig(v *viper.Viper, known []string) error {
	path, must := v.GetString("config"), true
	if path == "" {
		path, must = defaultConfig, false
	}
	data, err := readFileOfOurs(path)
	if errors.Is(err, fs.ErrNotExist) && !must {
		return nil
	}
	if err != nil {
		return hint.With(fmt.Errorf("read the configuration of plegctl: %w", err), "it must be a file that only root (or you) can write")
	}
	fromFile := viper.New()
	fromFile.SetConfigType("yaml")
	if err := fromFile.ReadConfig(bytes.NewReader(data)); err != nil {
		return fmt.Errorf("parse %s: %w", path, err)
	}
	for _, key := range fromFile.AllKeys() {
		if !slices.Contains(known, key) || key == "config" {
			return usage(fmt.Errorf("%s:%d: unknown key %q", path, lineOf(data, key), key), "the keys are the names of the global flags, see `plegctl --help`")
		}
	}
	return v.MergeConfigMap(fromFile.AllSettings())
}

// lineOf is the line in which a key of the configuration file is first spelled, 1 where
// it cannot be told.
func lineOf(data []byte, key string) int {
	top, _, _ := strings.Cut(key, ".")
	for i, line := range strings.Split(strings.ToLower(string(data)), "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, " \t\"'"), top) {
			return i + 1
		}
	}
	return 1
}

func settingNames() []string {
	return []string{
		"root", "output", "color", "quiet", "verbose", "timeout", "state-dir", "config",
		"kubelet-unit", "runtime-unit", "runtime-endpoint", "kubeconfig", "token-file",
		"kubelet-version", "runtime", "runtime-version",
	}
}

func (s Settings) check() error {
	for _, choice := range []struct{ flag, value string }{{"color", s.Color}} {
		if !slices.Contains([]string{"auto", "always", "never"}, choice.value) {
			return usage(fmt.Errorf("--%s %q", choice.flag, choice.value), "use auto, always or never")
		}
	}
	if s.Timeout < 0 {
		return usage(fmt.Errorf("--timeout %s is negative", s.Timeout), "give a duration such as 90s or 5m")
	}
	for name, path := range map[string]string{"root": s.Root, "state-dir": s.StateDir} {
		if path == "" {
			return usage(fmt.Errorf("--%s is empty", name), "name a folder")
		}
	}
	return nil
}
