package kubeletsim

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mergeDropIns applies the kubelet config drop-ins of --config-dir: every file "*.conf" at
// any depth in lexical order, as JSON merge patches (RFC 7386). The flag does not exist
// before 1.28, and 1.28 and 1.29 want an environment variable with it (kubernetes v1.28.15
// cmd/kubelet/app/server.go:215).
func (k *Kubelet) mergeDropIns(e *effective, flags commandLine) error {
	dir, given := flags["config-dir"]
	if !given || dir == "" {
		return nil
	}
	v := k.opts.Version
	switch {
	case v.MinorLess(1, 28):
		return &exitError{text: "failed to parse kubelet flag: unknown flag: --config-dir"}
	case v.MinorLess(1, 30) && !slices.ContainsFunc(k.opts.Env, func(s string) bool { return strings.HasPrefix(s, "KUBELET_CONFIG_DROPIN_DIR_ALPHA=") }):
		return &exitError{text: "the flag --config-dir requires environment variable KUBELET_CONFIG_DROPIN_DIR_ALPHA to be set, cannot proceed"}
	}
	top := filepath.Join(k.opts.Root, dir)
	// A folder given as a symbolic link without a slash at its end is not walked.
	if !strings.HasSuffix(dir, "/") {
		if info, err := os.Lstat(top); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return nil
		}
	}
	err := filepath.WalkDir(top+"/", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".conf" {
			return err
		}
		raw, _, err := k.readConfig(strings.TrimPrefix(path, strings.TrimSuffix(k.opts.Root, "/")), false)
		if err != nil {
			return err
		}
		e.raw, _ = mergePatch(e.raw, raw).(map[string]any)
		return nil
	})
	if err != nil {
		return &exitError{text: fmt.Sprintf("failed to merge kubelet configs: failed to walk through kubelet dropin directory %q: %v", dir, bare(err))}
	}
	return nil
}

// mergePatch is RFC 7386: objects merge key by key, null removes a key, all else replaces.
func mergePatch(target, patch any) any {
	table, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	into, ok := target.(map[string]any)
	if !ok {
		into = map[string]any{}
	}
	for key, value := range table {
		if value == nil {
			delete(into, key)
			continue
		}
		into[key] = mergePatch(into[key], value)
	}
	return into
}
