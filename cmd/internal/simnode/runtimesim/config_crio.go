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
	"github.com/spf13/pflag"
)

// crioFile is the part of CRI-O's configuration that is looked at.
type crioFile struct {
	Crio struct {
		Runtime struct {
			EnablePodEvents bool   `toml:"enable_pod_events"`
			LogLevel        string `toml:"log_level"`
			PidsLimit       int64  `toml:"pids_limit"`
		} `toml:"runtime"`
	} `toml:"crio"`
}

// readCRIO: crio.conf where it exists, then every file below crio.conf.d, at any depth and
// with any name, in lexical order, each over the same struct; then the environment, then
// the flags (cri-o v1.36.3 pkg/config/config.go UpdateFromPath, internal/criocli/criocli.go).
func readCRIO(opts Options) (on bool, err error) {
	main, dir, flag := "", "", ""
	err = flags(opts.Args, func(set *pflag.FlagSet) {
		set.StringVar(&main, "config", "/etc/crio/crio.conf", "")
		set.StringVar(&dir, "config-dir", "/etc/crio/crio.conf.d", "")
		set.StringVar(&flag, "enable-pod-events", "", "")
		set.Lookup("enable-pod-events").NoOptDefVal = "true"
	})
	if err != nil {
		return false, err
	}
	var file crioFile
	if err := decodeCRIO(opts.Root, filepath.Join(opts.Root, main), &file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("loading configuration file: %w", err)
	}
	err = filepath.WalkDir(filepath.Join(opts.Root, dir), func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		return decodeCRIO(opts.Root, path, &file)
	})
	if err != nil {
		return false, fmt.Errorf("loading drop-in configuration: %w", err)
	}
	return overrideCRIO(file.Crio.Runtime.EnablePodEvents, opts.Env, flag)
}

func decodeCRIO(root, path string, into *crioFile) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if _, err := toml.Decode(string(text), into); err != nil {
		return fmt.Errorf("unable to decode configuration %s: %w", onNode(root, path), err)
	}
	return nil
}

func overrideCRIO(on bool, env []string, flag string) (_ bool, err error) {
	for _, pair := range env {
		if value, ok := strings.CutPrefix(pair, "ENABLE_POD_EVENTS="); ok && flag == "" {
			flag = value
		}
	}
	if flag != "" {
		if on, err = strconv.ParseBool(flag); err != nil {
			return false, fmt.Errorf("invalid boolean value %q for -enable-pod-events: parse error", flag)
		}
	}
	return on, nil
}
