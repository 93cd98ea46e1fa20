package runtimesim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"
)

// containerdFile is the part of a file of containerd's that is looked at.
type containerdFile struct {
	Version  int      `toml:"version"`
	Imports  []string `toml:"imports"`
	Disabled []string `toml:"disabled_plugins"`
	Plugins  map[string]struct {
		EnablePodEvents *bool `toml:"enable_pod_events"`
	} `toml:"plugins"`
}

// containerdConfig is what the files come to.
type containerdConfig struct{ cri, podEvents bool }

// readContainerd reads config.toml and its imports (containerd v1.7.34
// services/server/config/config.go, v2.3.4 cmd/containerd/server/config/config.go).
func readContainerd(opts Options, does behaviour) (c containerdConfig, err error) {
	c.cri = true
	main := ""
	err = flags(opts.Args, func(set *pflag.FlagSet) { set.StringVarP(&main, "config", "c", "", "") })
	if err != nil {
		return c, err
	}
	if main == "" {
		main = "/etc/containerd/config.toml"
		if _, err := os.Stat(filepath.Join(opts.Root, main)); errors.Is(err, fs.ErrNotExist) {
			return c, nil
		}
	}
	files, err := loadContainerd(opts.Root, main, nil)
	if err != nil {
		return c, err
	}
	version := files[0].Version
	if version > does.configVersion {
		return c, fmt.Errorf("expected containerd config version equal to or less than `%d`, got `%d`", does.configVersion, version)
	}
	for _, file := range files {
		for _, plugin := range file.Disabled {
			if version >= 2 && !strings.HasPrefix(plugin, "io.containerd.") {
				return c, fmt.Errorf("invalid disabled plugin URI %q expect io.containerd.x.vx", plugin)
			}
			c.cri = c.cri && !slices.Contains(criPlugins(), plugin)
		}
		for _, plugin := range criPlugins() {
			if on := file.Plugins[plugin].EnablePodEvents; on != nil {
				c.podEvents = *on
			}
		}
	}
	return c, nil
}

// criPlugins are the names of the CRI plugin in the versions of the file, oldest first.
func criPlugins() []string {
	return []string{"cri", "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime"}
}

// loadContainerd reads a file and what it imports, each once, in the order in which
// containerd merges them.
func loadContainerd(root, name string, seen []string) ([]containerdFile, error) {
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return nil, fmt.Errorf("failed to load TOML: %s: %w", name, err)
	}
	var file containerdFile
	if err := toml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("failed to load TOML: %s: %w", name, err)
	}
	files, seen := []containerdFile{file}, append(seen, name)
	for _, pattern := range file.Imports {
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(filepath.Dir(name), pattern)
		}
		names := []string{pattern}
		if strings.Contains(pattern, "*") {
			names, _ = filepath.Glob(filepath.Join(root, pattern)) // a malformed pattern matches nothing
		}
		for _, one := range names {
			if one = onNode(root, one); slices.Contains(seen, one) {
				continue
			}
			more, err := loadContainerd(root, one, seen)
			if err != nil {
				return nil, err
			}
			files = append(files, more...)
		}
	}
	return files, nil
}

// ConfigDump is what `containerd config dump` prints, as far as the CRI plugin goes.
func ConfigDump(opts Options) (string, error) {
	does, err := behaviourOf(opts.Runtime, opts.Version)
	if err != nil {
		return "", err
	}
	c, err := readContainerd(opts, does)
	if err != nil {
		return "", err
	}
	plugin := criPlugins()[min(does.configVersion, 3)-1]
	dump := fmt.Sprintf("version = %d\nroot = '/var/lib/containerd'\n\n[plugins]\n  [plugins.'%s']\n    enable_selinux = false\n", does.configVersion, plugin)
	if opts.KnowsKey {
		dump += fmt.Sprintf("    enable_pod_events = %v\n", c.podEvents)
	}
	return dump + "    enable_unprivileged_ports = true\n", nil
}
