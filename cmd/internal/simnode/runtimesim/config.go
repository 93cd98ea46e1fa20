package runtimesim

import (
	"cmp"
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
		file, err := readCRIO(opts)
		if err == nil {
			err = file.startable(opts.Root)
		}
		return config{cri: true, podEvents: file.Crio.Runtime.EnablePodEvents}, err
	}
	c, err := readContainerd(opts, does.configVersion)
	c.podEvents = c.podEvents || !opts.KnowsKey
	return c, err
}

// crioFile is the part of CRI-O's configuration that is looked at.
type crioFile struct {
	Crio struct {
		Runtime struct {
			EnablePodEvents bool   `toml:"enable_pod_events"`
			LogLevel        string `toml:"log_level"`
			PidsLimit       int64  `toml:"pids_limit"`
			PinnsPath       string `toml:"pinns_path"`
			DefaultRuntime  string `toml:"default_runtime"`
			Runtimes        map[string]struct {
				Path string `toml:"runtime_path"`
			} `toml:"runtimes"`
		} `toml:"runtime"`
	} `toml:"crio"`
}

// readCRIO: crio.conf where it exists, then every file below crio.conf.d, at any depth and
// with any name, in lexical order, each over the same struct (cri-o v1.36.3
// pkg/config/config.go UpdateFromPath); then what both `crio config` and a start validate.
func readCRIO(opts Options) (file crioFile, err error) {
	for _, name := range []string{cmp.Or(opts.Config, "/etc/crio/crio.conf"), cmp.Or(opts.ConfigDir, "/etc/crio/crio.conf.d")} {
		err := filepath.WalkDir(filepath.Join(opts.Root, name), func(path string, entry fs.DirEntry, err error) error {
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
				return fmt.Errorf("unable to decode configuration %s: %w", strings.TrimPrefix(path, opts.Root), err)
			}
			return nil
		})
		if err != nil {
			return file, fmt.Errorf("get and merge config from context: %w", err)
		}
	}
	name := file.Crio.Runtime.DefaultRuntime
	if _, ok := file.Crio.Runtime.Runtimes[name]; !ok && name != "" && name != "crun" {
		return file, fmt.Errorf("default_runtime set to %q, but no runtime entry table [crio.runtime.runtimes.%s] was found", name, name)
	}
	return file, nil
}

// startable is what only a start validates.
func (f crioFile) startable(root string) error {
	if name := f.Crio.Runtime.PinnsPath; name != "" {
		if _, err := os.Stat(filepath.Join(root, name)); err != nil {
			return fmt.Errorf("validating runtime config: pinns validation: invalid pinns path: stat %s: no such file or directory", name)
		}
	}
	return nil
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
func readContainerd(opts Options, maxVersion int) (config, error) {
	c := config{cri: true}
	files, err := loadContainerd(opts.Root, cmp.Or(opts.Config, "/etc/containerd/config.toml"), nil)
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

// ConfigDump is what `containerd config dump` or `crio config` prints, as far as events go.
func ConfigDump(opts Options) (string, error) {
	if opts.Runtime == CRIO {
		file, err := readCRIO(opts)
		return fmt.Sprintf("[crio.runtime]\nenable_pod_events = %v\n", file.Crio.Runtime.EnablePodEvents), err
	}
	does, err := behaviourOf(opts.Runtime, opts.Version)
	if err != nil {
		return "", err
	}
	c, err := readContainerd(opts, does.configVersion)
	key := ""
	if opts.KnowsKey {
		key = fmt.Sprintf("    enable_pod_events = %v\n", c.podEvents)
	}
	return fmt.Sprintf("version = %d\nroot = '/var/lib/containerd'\n\n[plugins]\n  [plugins.'%s']\n    enable_selinux = false\n%s    enable_unprivileged_ports = true\n",
		does.configVersion, criPlugins()[min(does.configVersion, 3)-1], key), err
}
