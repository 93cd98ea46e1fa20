package runtimecfg

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
)

// ReadDump reads the configuration that a runtime's own program prints ("containerd config
// dump") and fills in whether the build has a setting for container events. The program
// decodes the tables of its own plugins, so that a key that it does not know is not there.
func (in *Inputs) ReadDump(runtime known.RuntimeName, dump []byte) error {
	setting, _ := infoOf(runtime).Switch(in.Version)
	_, all, fault := goTOML2().read(dump)
	if fault != nil {
		return fmt.Errorf("the dump is not TOML: %w", fault)
	}
	plugins, _ := all["plugins"].(map[string]any)
	for _, name := range []string{criShort, criGRPC, criRuntime} {
		table, _ := plugins[name].(map[string]any)
		if value, ok := table[setting.Key].(bool); ok {
			in.KnowsPodEvents, in.Dumped = true, value
		}
	}
	return nil
}
