package runtimesim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	crioTOML "github.com/BurntSushi/toml"
	"github.com/pelletier/go-toml/v2"
)

// config is what matters here of what the daemon read when it started: whether it serves
// CRI at all, and whether it sends events.
type config struct{ cri, podEvents bool }

func readConfig(opts Options, does behaviour) (config, error) {
	if opts.Runtime == CRIO {
		on, err := readCRIO(opts.Root)
		return config{cri: true, podEvents: on}, err
	}
	c, err := readContainerd(opts.Root, does.configVersion)
	c.podEvents = c.podEvents || !opts.KnowsKey
	return c, err
}

// readCRIO: crio.conf where it exists, then every file below crio.conf.d, at any depth and
// with any name, in lexical order, each over the same struct (cri-o v1.36.3
// pkg/config/config.go UpdateFromPath).
func readCRIO(root string) (on bool, err error) {
	var file struct {
		Crio struct {
			Runtime struct {
				EnablePodEvents bool   `toml:"enable_pod_events"`
				LogLevel        string `toml:"log_level"`
				PidsLimit       int64  `toml:"pids_limit"`
			} `toml:"runtime"`
		} `toml:"crio"`
	}
	for _, name := range []string{"/etc/crio/crio.conf", "/etc/crio/crio.conf.d"} {
		err := filepath.WalkDir(filepath.Join(root, name), func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			if err == nil {
				_, err = crioTOML.Decode(string(text), &file)
			}
			if err != nil {
				return fmt.Errorf("unable to decode configuration %s: %w", strings.TrimPrefix(path, root), err)
			}
			return nil
		})
		if err != nil {
			return false, fmt.Errorf("get and merge config from context: %w", err)
		}
	}
	return file.Crio.Runtime.EnablePodEvents, nil
}

// containerdFile is the part of a file of containerd's that is looked at.
type containerdFile struct {
	Version  int      `toml:"version"`
	Imports  []string `toml:"imports"`
	Disabled []string `toml:"disabled_plugins"`
	Plugins  map[string]struct {
		EnablePodEvents *bool `toml:"enable_pod_events"`
	} `toml:"plugins"`
}

// criPlugins are the names of the CRI plugin in the versions of the file, oldest first.
func criPlugins() []string {
	return []string{"cri", "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime"}
}

// readContainerd reads config.toml and its imports (containerd v1.7.34
// services/server/config/config.go, v2.3.4 cmd/containerd/server/config/config.go).
func readContainerd(root string, maxVersion int) (config, error) {
	c := config{cri: true}
	files, err := loadContainerd(root, "/etc/containerd/config.toml", nil)
	if err != nil || len(files) == 0 {
		return c, err
	}
	version := files[0].Version
	if version > maxVersion {
		return c, fmt.Errorf("expected containerd config version equal to or less than `%d`, got `%d`", maxVersion, version)
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

// loadContainerd reads a file and what it imports, each once, in the order in which
// containerd merges them. The first need not exist.
func loadContainerd(root, name string, seen []string) (files []containerdFile, err error) {
	text, err := os.ReadFile(filepath.Join(root, name))
	if errors.Is(err, fs.ErrNotExist) && len(seen) == 0 {
		return nil, nil
	}
	var file containerdFile
	if err == nil {
		err = toml.Unmarshal(text, &file)
	}
	if err != nil {
		return nil, fmt.Errorf("failed to load TOML: %s: %w", name, err)
	}
	files, seen = append(files, file), append(seen, name)
	for _, pattern := range file.Imports {
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(filepath.Dir(name), pattern)
		}
		names, _ := filepath.Glob(filepath.Join(root, pattern)) // a malformed pattern matches nothing
		if !strings.Contains(pattern, "*") {
			names = []string{filepath.Join(root, pattern)}
		}
		for _, one := range names {
			if one = strings.TrimPrefix(one, root); slices.Contains(seen, one) {
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
	c, err := readContainerd(opts.Root, does.configVersion)
	key := ""
	if opts.KnowsKey {
		key = fmt.Sprintf("    enable_pod_events = %v\n", c.podEvents)
	}
	return fmt.Sprintf("version = %d\nroot = '/var/lib/containerd'\n\n[plugins]\n  [plugins.'%s']\n    enable_selinux = false\n%s    enable_unprivileged_ports = true\n",
		does.configVersion, criPlugins()[min(does.configVersion, 3)-1], key), err
}
