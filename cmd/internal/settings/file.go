package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/viper"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
)

// maxFile is far more than a few settings need, in bytes.
const maxFile = 64 << 10

// readTrusted reads plegctl's own configuration. Whoever can change that file decides
// where a root process writes, so it and every directory above it must belong to root or to
// this user, and no other user may write to them.
func readTrusted(path string) (_ []byte, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	machine, err := hostfs.Open("/")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, machine.Close()) }()
	if err := machine.Trusted(path); err != nil {
		return nil, err
	}
	return machine.ReadFileMax(path, maxFile)
}

func readFile(v *viper.Viper, known []string) error {
	path, must := v.GetString("config"), true
	if path == "" {
		path, must = defaultFile, false
	}
	data, err := readTrusted(path)
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
			return hint.With(fmt.Errorf("%s:%d: unknown key %q", path, line, key), "the keys are the names of the global flags: plegctl options")
		}
		if err := checkSetting(key, fromFile.GetString(key)); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", path, line, key, err)
		}
	}
	return v.MergeConfigMap(fromFile.AllSettings())
}

// lineOf is the line in which a key of the configuration file is first spelled, 1 where
// it is not found.
func lineOf(data []byte, key string) int {
	top, _, _ := strings.Cut(key, ".")
	for i, line := range strings.Split(strings.ToLower(string(data)), "\n") {
		line = strings.TrimLeft(line, " \t\"'")
		if end := strings.IndexAny(line, ":\"' \t"); end >= 0 && line[:end] == top {
			return i + 1
		}
	}
	return 1
}
