package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/plegctl/plegctl/cmd/internal/cli"
)

// resolveSettings is the only place that uses viper. viper folds the case of keys, so it
// never reads a kubelet's or a runtime's file. Every value is held against its flag, so
// that a wrong one is an error that names its variable or its line, whatever the verb.
func resolveSettings(flags *pflag.FlagSet, getenv func(string) string, environ []string) (Settings, error) {
	v := viper.New()
	names := settingNames()
	for _, name := range names {
		f := flags.Lookup(name)
		if f == nil {
			continue
		}
		if err := v.BindPFlag(name, f); err != nil {
			return Settings{}, fmt.Errorf("bind --%s: %w", name, err)
		}
		value := getenv(envName(name))
		if value == "" || f.Changed {
			continue
		}
		if err := checkSetting(name, value); err != nil {
			return errorSettings(v), usage(fmt.Errorf("%s=%s: %w", envName(name), value, err), "")
		}
		v.Set(name, value)
	}
	if err := checkVariables(environ, names); err != nil {
		return errorSettings(v), err
	}
	if err := readOwnConfig(v, names); err != nil {
		return errorSettings(v), err
	}
	var s Settings
	if err := v.Unmarshal(&s); err != nil {
		return errorSettings(v), fmt.Errorf("read settings: %w", err)
	}
	return s, s.check()
}

// errorSettings are enough to print an error in the wanted format.
func errorSettings(v *viper.Viper) Settings { return Settings{Output: v.GetString("output")} }

func envName(flag string) string {
	return "PLEGCTL_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// checkSetting holds the text of a setting against its flag.
func checkSetting(name, value string) error {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	addGlobalFlags(flags)
	return flags.Lookup(name).Value.Set(value)
}

// checkVariables refuses a variable that looks like a setting and is not one.
func checkVariables(environ, names []string) error {
	var known []string
	for _, name := range names {
		known = append(known, envName(name))
	}
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "PLEGCTL_") || slices.Contains(known, name) {
			continue
		}
		next := "`plegctl options` lists the settings"
		if near := cli.Nearest(name, known); len(near) > 0 {
			next = "did you mean " + cli.Listed(near) + "?"
		}
		return usage(fmt.Errorf("unknown environment variable %s", name), next)
	}
	return nil
}

// settingNames are the names of the global flags.
func settingNames() []string {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	addGlobalFlags(flags)
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

func (s Settings) check() error {
	if s.Timeout < 0 {
		return usage(fmt.Errorf("--timeout %s is negative", s.Timeout), "give a duration such as 90s or 5m")
	}
	for name, path := range map[string]string{"root": s.Root, "state-dir": s.StateDir} {
		if path == "" {
			return usage(fmt.Errorf("--%s is empty", name), "name a directory")
		}
	}
	return nil
}
