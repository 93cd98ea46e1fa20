// Package settings resolves plegctl's own options: flag, then PLEGCTL_* in the environment,
// then the settings file, then the default. It is the only package that uses viper, which
// folds the case of keys, so it never reads a kubelet's or a runtime's file. Start with
// [AddFlags] and [Resolve].
package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/hint"
)

// Resolve reads the settings. Every value is held against its flag, so that a wrong one is
// an error that names its variable or its line, whatever the verb.
func Resolve(flags *pflag.FlagSet, getenv func(string) string, environ []string) (Settings, error) {
	v := viper.New()
	all := names()
	for _, name := range all {
		f := flags.Lookup(name)
		if err := v.BindPFlag(name, f); err != nil {
			return Settings{}, fmt.Errorf("bind --%s: %w", name, err)
		}
		value := getenv(envName(name))
		if value == "" || f.Changed {
			continue
		}
		if err := checkSetting(name, value); err != nil {
			return forError(v), fmt.Errorf("%s=%s: %w", envName(name), value, err)
		}
		v.Set(name, value)
	}
	if err := checkVariables(environ, all); err != nil {
		return forError(v), err
	}
	if err := readFile(v, all); err != nil {
		return forError(v), err
	}
	var s Settings
	if err := v.Unmarshal(&s); err != nil {
		return forError(v), fmt.Errorf("read settings: %w", err)
	}
	return s, s.check()
}

// forError are enough to print an error in the wanted format.
func forError(v *viper.Viper) Settings { return Settings{Output: v.GetString("output")} }

// WantedOutput is the output format of a call whose flags could not be parsed: even then a
// script that asked for JSON gets JSON.
func WantedOutput(args []string, getenv func(string) string) string {
	for i, arg := range args {
		name, value, joined := strings.Cut(arg, "=")
		switch {
		case (name == "-o" || name == "--output") && joined:
			return value
		case (arg == "-o" || arg == "--output") && i+1 < len(args):
			return args[i+1]
		case len(arg) > 2 && strings.HasPrefix(arg, "-o"):
			return arg[2:]
		}
	}
	return getenv(envName("output"))
}

func envName(flag string) string {
	return "PLEGCTL_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// checkSetting holds the text of a setting against its flag.
func checkSetting(name, value string) error {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	AddFlags(flags)
	return flags.Lookup(name).Value.Set(value)
}

// checkVariables refuses a variable that looks like a setting and is not one.
func checkVariables(environ, names []string) error {
	known := []string{"PLEGCTL_ACTIVE_HELP"} // cobra's scripts for completion set it
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
		return hint.With(fmt.Errorf("unknown environment variable %s", name), next)
	}
	return nil
}

// names are the names of the global flags.
func names() []string {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	AddFlags(flags)
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

func (s Settings) check() error {
	if s.Timeout < 0 {
		return hint.With(fmt.Errorf("--timeout %s is negative", s.Timeout), "give a duration such as 90s or 5m")
	}
	for name, path := range map[string]string{"root": s.Root, "state-dir": s.StateDir} {
		if path == "" {
			return hint.With(fmt.Errorf("--%s is empty", name), "name a directory")
		}
	}
	return nil
}
