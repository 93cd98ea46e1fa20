package settings

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/verify/known"
)

const defaultFile = "/etc/plegctl/config.yaml"

// Settings are plegctl's own options, resolved once: flag, then PLEGCTL_* in the
// environment, then the configuration file, then the default.
type Settings struct {
	// Root is "/" or the directory that holds an image's file system.
	Root string `mapstructure:"root"`
	// Output is the name of a row in [report.Formats].
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

	// The rest names the parts of the node where they cannot be found, or must not be
	// looked for.
	KubeletUnit     string `mapstructure:"kubelet-unit"`
	RuntimeUnit     string `mapstructure:"runtime-unit"`
	RuntimeEndpoint string `mapstructure:"runtime-endpoint"`
	Kubeconfig      string `mapstructure:"kubeconfig"`
	TokenFile       string `mapstructure:"token-file"`
	KubeletVersion  string `mapstructure:"kubelet-version"`
	Runtime         string `mapstructure:"runtime"`
	RuntimeVersion  string `mapstructure:"runtime-version"`
}

// Offline reports whether only the files below a directory are looked at.
func (s Settings) Offline() bool { return s.Root != "/" }

// OfFlags returns the settings of the command line alone.
func OfFlags(flags *pflag.FlagSet) Settings {
	get := func(name string) string { return flags.Lookup(name).Value.String() }
	return Settings{
		Root: get("root"), Output: "text", Color: "never", StateDir: get("state-dir"),
		KubeletUnit: get("kubelet-unit"), RuntimeUnit: get("runtime-unit"), RuntimeEndpoint: get("runtime-endpoint"),
		Kubeconfig: get("kubeconfig"), TokenFile: get("token-file"),
	}
}

// AddFlags adds the flags that every verb has. Each is a setting too.
func AddFlags(flags *pflag.FlagSet) {
	flags.String("root", "/", "work on the files of an image in `DIR`; nothing that runs is looked at")
	flags.StringP("output", "o", "text", "output `FORMAT`: text, short, json; some commands have junit, sarif or nagios")
	flags.Var(cli.NewChoice("auto", colors()), "color", "`WHEN` to use colour: auto, always or never")
	flags.BoolP("quiet", "q", false, "print nothing but errors on stderr")
	flags.BoolP("verbose", "v", false, "print all details")
	flags.Duration("timeout", 0, "limit for the whole command (default: the command's own)")
	flags.String("state-dir", "/var/lib/plegctl", "`DIR` of the change history")
	flags.String("config", "", "settings `FILE` (default "+defaultFile+", if it exists)")
	flags.String("kubelet-unit", "kubelet.service", "systemd `UNIT` of the kubelet")
	flags.String("runtime-unit", "", "systemd `UNIT` of the runtime (default: by the runtime that is found)")
	flags.Var(&checked{check: checkEndpoint}, "runtime-endpoint", "CRI `ENDPOINT`, unix:///… (default: the kubelet's)")
	flags.String("kubeconfig", "", "`FILE` with a credential that may read the kubelet's metrics")
	flags.String("token-file", "", "`FILE` with a bearer token that may read the kubelet's metrics")
	flags.Var(&checked{check: checkVersion}, "kubelet-version", "`VERSION` of the kubelet, if it cannot be found (--root)")
	flags.Var(cli.NewChoice("", runtimeNames()), "runtime", "container `RUNTIME`, if it cannot be found (--root): containerd or cri-o")
	flags.Var(&checked{check: checkVersion}, "runtime-version", "`VERSION` of the runtime, if it cannot be found (--root)")
}

func colors() []string { return []string{"auto", "always", "never"} }

// runtimeNames are the spellings that --runtime takes.
func runtimeNames() []string {
	var names []string
	for _, r := range known.Runtimes() {
		names = append(append(names, string(r.Name)), r.Aliases...)
	}
	return names
}

// checked is a text flag whose value is checked when the command line is parsed.
type checked struct {
	text  string
	check func(string) error
}

// Set implements pflag.Value.
func (v *checked) Set(text string) error {
	v.text = text
	return v.check(text)
}

// String implements pflag.Value.
func (v *checked) String() string { return v.text }

// Type implements pflag.Value.
func (*checked) Type() string { return "string" }

func checkVersion(text string) error {
	if text == "" {
		return nil
	}
	_, err := known.Parse(text)
	return err
}

func checkEndpoint(text string) error {
	if text == "" || strings.HasPrefix(text, "unix:///") || strings.HasPrefix(text, "/") {
		return nil
	}
	return errors.New("must be unix:///PATH")
}
