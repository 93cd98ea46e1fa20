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

	"github.com/plegctl/plegctl/verify/known"
)

// containerdFile is the part of containerd's configuration that is looked at.
type containerdFile struct {
	Version  int            `toml:"version"`
	Imports  []string       `toml:"imports"`
	Disabled []string       `toml:"disabled_plugins"`
	Plugins  map[string]any `toml:"plugins"`
}

// configureContainerd reads config.toml and its imports. Nothing there turns events on or
// off; it can turn off the whole CRI service (containerd v1.7.34
// services/server/config/config.go, v2.3.4 cmd/containerd/server/config/config.go).
func (d *Daemon) configureContainerd() (cri bool, err error) {
	main := "/etc/containerd/config.toml"
	named := false
	for _, name := range []string{"c", "config"} {
		if value, ok := flagValue(d.opts.Args, name); ok {
			main, named = value, true
		}
	}
	files, err := d.loadContainerd(main, map[string]bool{})
	if _, missing := os.Stat(filepath.Join(d.opts.Root, main)); errors.Is(missing, fs.ErrNotExist) && !named {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	version := files[0].Version
	if version > d.maxConfigVersion() {
		return false, fmt.Errorf("expected containerd config version equal to or less than `%d`, got `%d`", d.maxConfigVersion(), version)
	}
	cri = true
	for _, file := range files {
		for _, plugin := range file.Disabled {
			if version >= 2 && !strings.HasPrefix(plugin, "io.containerd.") {
				return false, fmt.Errorf("invalid disabled plugin URI %q expect io.containerd.x.vx", plugin)
			}
			if slices.Contains(criPlugins(version), plugin) {
				cri = false
			}
		}
	}
	return cri, nil
}

func criPlugins(version int) []string {
	names := []string{"io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime", "io.containerd.cri.v1.images"}
	if version < 2 {
		names = append(names, "cri")
	}
	return names
}

// maxConfigVersion: 1.7 and earlier know 2, 2.0 brought 3 and 2.3 brought 4.
func (d *Daemon) maxConfigVersion() int {
	switch v := d.known.Version; {
	case v.MinorLess(2, 0):
		return 2
	case v.Less(known.V(2, 3, 0)):
		return 3
	}
	return 4
}

// loadContainerd reads a file and what it imports, each path once, in the order in which
// containerd merges them.
func (d *Daemon) loadContainerd(name string, seen map[string]bool) ([]containerdFile, error) {
	seen[name] = true
	text, err := os.ReadFile(filepath.Join(d.opts.Root, name))
	if err != nil {
		return nil, fmt.Errorf("failed to load TOML: %s: %w", name, err)
	}
	var file containerdFile
	if err := toml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("failed to load TOML: %s: %w", name, err)
	}
	files := []containerdFile{file}
	for _, pattern := range file.Imports {
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(filepath.Dir(name), pattern)
		}
		names := []string{pattern}
		if strings.Contains(pattern, "*") {
			names = d.glob(pattern)
		}
		for _, one := range names {
			if seen[one] {
				continue
			}
			more, err := d.loadContainerd(one, seen)
			if err != nil {
				return nil, err
			}
			files = append(files, more...)
		}
	}
	return files, nil
}

func (d *Daemon) glob(pattern string) []string {
	found, _ := filepath.Glob(filepath.Join(d.opts.Root, pattern)) // only a malformed pattern fails, and matches nothing
	for i := range found {
		found[i] = "/" + strings.TrimPrefix(strings.TrimPrefix(found[i], d.opts.Root), "/")
	}
	return found
}
