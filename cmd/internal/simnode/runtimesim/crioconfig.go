package runtimesim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/plegctl/plegctl/verify/known"
)

// crioFile is the part of CRI-O's configuration that is looked at. It is decoded with
// CRI-O's own parser, so that what the real daemon refuses is refused here.
type crioFile struct {
	Crio struct {
		Runtime struct {
			EnablePodEvents bool `toml:"enable_pod_events"`
		} `toml:"runtime"`
	} `toml:"crio"`
}

// crioFileOld is the same for CRI-O before 1.26, which does not know the key.
type crioFileOld struct {
	Crio struct{} `toml:"crio"`
}

// configure reads what the daemon reads at its start and tells whether it serves CRI.
func (d *Daemon) configure() (cri bool, err error) {
	if d.known.Name == known.CRIO {
		return true, d.configureCRIO()
	}
	return d.configureContainerd()
}

// configureCRIO: crio.conf where it exists, then every file below crio.conf.d, at any
// depth and with any name, in lexical order, each over the same struct; then the
// environment, then the flags (cri-o v1.36.3 pkg/config/config.go UpdateFromPath,
// internal/criocli/criocli.go).
func (d *Daemon) configureCRIO() error {
	var file crioFile
	main, dir := "/etc/crio/crio.conf", "/etc/crio/crio.conf.d"
	if name, ok := flagValue(d.opts.Args, "config"); ok {
		main = name
	}
	if name, ok := flagValue(d.opts.Args, "config-dir"); ok {
		dir = name
	}
	if err := d.decodeCRIO(filepath.Join(d.opts.Root, main), &file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("loading configuration file: %w", err)
	}
	err := filepath.WalkDir(filepath.Join(d.opts.Root, dir), func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		return d.decodeCRIO(path, &file)
	})
	if err != nil {
		return fmt.Errorf("loading drop-in configuration: %w", err)
	}
	d.podEvents = file.Crio.Runtime.EnablePodEvents
	return d.overrideCRIO()
}

func (d *Daemon) decodeCRIO(path string, file *crioFile) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	into := any(file)
	if d.known.Version.MinorLess(1, 26) {
		into = &crioFileOld{}
	}
	if _, err := toml.Decode(string(text), into); err != nil {
		node := "/" + strings.TrimPrefix(strings.TrimPrefix(path, d.opts.Root), "/")
		return fmt.Errorf("unable to decode configuration %s: %w", node, err)
	}
	return nil
}

func (d *Daemon) overrideCRIO() error {
	if d.known.Version.MinorLess(1, 26) {
		return nil
	}
	for _, pair := range d.opts.Env {
		if value, ok := strings.CutPrefix(pair, "ENABLE_POD_EVENTS="); ok {
			if err := d.setPodEvents(value); err != nil {
				return err
			}
		}
	}
	if value, ok := flagValue(d.opts.Args, "enable-pod-events"); ok {
		return d.setPodEvents(value)
	}
	return nil
}

func (d *Daemon) setPodEvents(value string) error {
	if value == "" {
		value = "true"
	}
	on, err := strconv.ParseBool(value)
	if err != nil {
		return fmt.Errorf("invalid boolean value %q for -enable-pod-events: parse error", value)
	}
	d.podEvents = on
	return nil
}

// flagValue finds --name=value or --name; the last one wins.
func flagValue(args []string, name string) (value string, found bool) {
	for i, arg := range args {
		plain := strings.TrimLeft(arg, "-")
		if plain == arg {
			continue
		}
		got, val, with := strings.Cut(plain, "=")
		if got != name {
			continue
		}
		value, found = val, true
		if !with && i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") && name != "enable-pod-events" {
			value = args[i+1]
		}
	}
	return value, found
}
