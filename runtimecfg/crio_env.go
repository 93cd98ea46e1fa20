package runtimecfg

import (
	"fmt"
	"strconv"

	"github.com/plegctl/plegctl/verify/source"
)

// environment applies the variables that CRI-O's flags read (cri-o v1.36.3
// internal/criocli/criocli.go; values as strconv.ParseBool by github.com/urfave/cli/v2).
func (c *CRIO) environment(in CRIOInputs) {
	if v, ok := lastEnv(in.Env, podEventsEnv); ok {
		c.podEventsVariable(v)
	}
	if v, ok := lastEnv(in.Env, "CONTAINER_LISTEN"); ok && v.Value != "" {
		c.Listen.Override(source.Assignment[string]{Value: v.Value, At: v.At})
	}
}

func (c *CRIO) podEventsVariable(v source.Assignment[string]) {
	value, err := strconv.ParseBool(v.Value)
	switch {
	case v.Value == "":
		c.Problems = append(c.Problems, source.Problem{
			Code: CRIOEnvironment, Effect: source.Suspect, At: v.At,
			Message: "is set to nothing, which CRI-O takes for false (releases with an older flag library ignore it)",
			Hint:    "remove the variable, or give it a value",
		})
	case err != nil:
		c.Problems = append(c.Problems, source.Problem{
			Code: CRIOEnvironment, Effect: source.Fatal, At: v.At,
			Message: fmt.Sprintf("could not parse %q as bool value", v.Value),
			Hint:    spellBool(v.Value, podEventsEnv+"=true"),
		})
		return
	}
	c.PodEvents.Override(source.Assignment[bool]{Value: value, At: v.At})
}

func lastEnv(env []source.Assignment[string], name string) (source.Assignment[string], bool) {
	for i := len(env) - 1; i >= 0; i-- {
		if env[i].Key == name {
			return env[i], true
		}
	}
	return source.Assignment[string]{}, false
}

// CRIOPaths tells where this command line and environment make CRI-O look: its
// configuration file, whether CRI-O insists on that file, and its drop-in folder. An empty
// path means that CRI-O reads none.
func CRIOPaths(args, env []source.Assignment[string]) (config string, required bool, dropInDir string) {
	config, dropInDir = CRIOConfig, CRIODropInDir
	if v, ok := lastEnv(env, "CONTAINER_CONFIG"); ok && v.Value != "" {
		config, required = v.Value, true
	}
	if v, ok := stringFlag(args, "config", "c"); ok {
		config, required = v.Value, true
	}
	if v, ok := lastEnv(env, "CONTAINER_CONFIG_DIR"); ok && v.Value != "" {
		dropInDir = v.Value
	}
	if v, ok := stringFlag(args, "config-dir", "d"); ok {
		dropInDir = v.Value
	}
	return config, required && config != "", dropInDir
}
