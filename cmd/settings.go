package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/plegctl/plegctl/cmd/internal/hint"
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
		if near := nearest(name, known); len(near) > 0 {
			next = "did you mean " + listed(near) + "?"
		}
		return usage(fmt.Errorf("unknown environment variable %s", name), next)
	}
	return nil
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
		return hint.With(fmt.Errorf("read the settings of plegctl: %w", err), "it must be a file that only root (or you) can write")
	}
	fromFile := viper.New()
	fromFile.SetConfigType("yaml")
	if err := fromFile.ReadConfig(bytes.NewReader(data)); err != nil {
		return fmt.Errorf("parse %s: %w", path, err)
	}
	for _, key := range fromFile.AllKeys() {
		line := lineOf(data, key)
		if !slices.Contains(known, key) || key == "config" {
			return usage(fmt.Errorf("%s:%d: unknown key %q", path, line, key), "the keys are the names of the global flags: plegctl options")
		}
		if err := checkSetting(key, fromFile.GetString(key)); err != nil {
			return usage(fmt.Errorf("%s:%d: %s: %w", path, line, key, err), "")
		}
	}
	return v.MergeConfigMap(fromFile.AllSettings())
}

// lineOf is the line in which a key of the configuration file is first spelled, 1 where
// it is not found.
func lineOf(data []byte, key string) int {
	top, _, _ := strings.Cut(key, ".")
	for i, line := range strings.Split(strings.ToLower(string(data)), "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, " \t\"'"), top) {
			return i + 1
		}
	}
	return 1
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
