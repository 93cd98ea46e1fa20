package runtimecfg

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// programKey is a setting that names a program without which CRI-O does not start. `crio
// config` does not look for the program; the start does (cri-o v1.36.3 pkg/config/config.go
// validateExecutablePath and ValidateRuntimes; pinns_path was seen with 1.34.11).
type programKey struct{ key, flag, variable string }

func programKeys() []programKey {
	return []programKey{{"pinns_path", "pinns-path", "CONTAINER_PINNS_PATH"}, {"conmon", "conmon", "CONTAINER_CONMON"}}
}

// Programs returns the paths of the programs that the configuration names and without which
// the runtime does not start.
func (r Result) Programs() []string {
	var paths []string
	for _, a := range r.programs {
		if path.IsAbs(a.Value) {
			paths = append(paths, a.Value)
		}
	}
	return paths
}

// nameProgram lets a later assignment win.
func (c *crioConfig) nameProgram(key string, a source.Assignment[string]) {
	if c.named == nil {
		c.named = map[string]source.Assignment[string]{}
	}
	c.named[key] = a
}

// programs collects what one file names.
func (f *crioFile) programs(all map[string]any) {
	collect := func(key string, below ...string) {
		for _, h := range lookup(all, append([]string{"crio", "runtime"}, below...)) {
			if value, ok := h.value.(string); ok {
				f.nameProgram(key, source.Assignment[string]{Value: value, At: f.at(h.path)})
			}
		}
	}
	for _, one := range programKeys() {
		collect(one.key, one.key)
	}
	collect("default_runtime", "default_runtime")
	for _, table := range lookup(all, []string{"crio", "runtime", "runtimes"}) {
		handlers, _ := table.value.(map[string]any)
		for name := range handlers {
			collect("runtimes."+name, "runtimes", name, "runtime_path")
		}
	}
}

// checkPrograms reports programs that are known to be missing.
func (c *crioConfig) checkPrograms() {
	for _, one := range programKeys() {
		if v, ok := variable(c.in, one.variable); ok {
			c.nameProgram(one.key, source.Assignment[string]{Value: v.Text, At: v.At})
		}
		if v, ok := stringFlag(c.in, one.flag); ok {
			c.nameProgram(one.key, source.Assignment[string]{Value: v.Text, At: v.At})
		}
	}
	// Another runtime than the default one that is missing is ignored with a warning.
	chosen := "runtimes." + c.named["default_runtime"].Value
	for _, key := range slices.Sorted(maps.Keys(c.named)) {
		a := c.named[key]
		if key == "default_runtime" || strings.HasPrefix(key, "runtimes.") && key != chosen {
			continue
		}
		c.Result.programs = append(c.Result.programs, a)
		switch err := c.in.Programs[a.Value]; {
		case errors.Is(err, fs.ErrNotExist):
			c.report(source.Problem{
				Code: codeCRIOProgram, Effect: source.Fatal, At: a.At, Message: a.Value + " does not exist, and CRI-O does not start without it",
				Hint: "install the program, or correct the path",
			})
		case err != nil:
			c.report(source.Problem{
				Code: codeCRIOProgram, Effect: source.Suspect, At: a.At, Message: a.Value + ": " + err.Error(), Hint: "correct the path, or make the file executable",
			})
		}
	}
}
