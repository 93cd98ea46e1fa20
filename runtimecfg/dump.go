package runtimecfg

import (
	"fmt"
	"slices"

	gotoml "github.com/pelletier/go-toml/v2"
	"github.com/plegctl/plegctl/verify/known"
)

// ReadDump reads the configuration that a runtime's own program prints ("containerd config
// dump") and fills in whether the build has a setting for container events. The program
// decodes the tables of its own plugins, so that a key that it does not know is not there.
// Tables of plugins that it does not have, or that are off, it prints as they are written.
func (in *Inputs) ReadDump(runtime known.RuntimeName, dump []byte) error {
	setting, _ := infoOf(runtime).Switch(in.Version)
	var printed struct {
		Version  int            `toml:"version"`
		Disabled []string       `toml:"disabled_plugins"`
		Plugins  map[string]any `toml:"plugins"`
	}
	if err := gotoml.Unmarshal(dump, &printed); err != nil {
		return fmt.Errorf("the dump is not TOML: %w", err)
	}
	name := criTable(printed.Version)
	table, _ := printed.Plugins[name].(map[string]any)
	if value, ok := table[setting.Key].(bool); ok && !slices.Contains(printed.Disabled, name) {
		in.KnowsPodEvents, in.Dumped = true, value
	}
	return nil
}
