package runtimecfg

import (
	"fmt"
	"strconv"
)

// environment applies the variables that CRI-O's flags read (cri-o v1.36.3
// internal/criocli/criocli.go; values as strconv.ParseBool by github.com/urfave/cli/v2).
func (c *CRIO) environment(in CRIOInputs) {
	if v, ok := lastEnv(in.Env, podEventsEnv); ok {
		c.podEventsVariable(v)
	}
	if v, ok := lastEnv(in.Env, "CONTAINER_LISTEN"); ok && v.Value != "" {
		c.Listen.overrule(Said[string]{Value: v.Value, From: v.origin()})
	}
}

func (c *CRIO) podEventsVariable(v EnvVar) {
	value, err := strconv.ParseBool(v.Value)
	switch {
	case v.Value == "":
		c.Problems = append(c.Problems, Problem{
			Code: CRIOEnvironment, From: v.origin(),
			Text: "is set to nothing, which CRI-O takes for false (releases with an older flag library ignore it)",
			Hint: "remove the variable, or give it a value",
		})
	case err != nil:
		c.Problems = append(c.Problems, Problem{
			Code: CRIOEnvironment, Fatal: true, From: v.origin(),
			Text: fmt.Sprintf("could not parse %q as bool value", v.Value),
			Hint: spellBool(v.Value, podEventsEnv+"=true"),
		})
		return
	}
	c.PodEvents.overrule(Said[bool]{Value: value, From: v.origin()})
}

func (v EnvVar) origin() Origin {
	return Origin{Kind: FromEnvironment, Name: v.Name, Where: v.Where}
}

func lastEnv(env []EnvVar, name string) (EnvVar, bool) {
	for i := len(env) - 1; i >= 0; i-- {
		if env[i].Name == name {
			return env[i], true
		}
	}
	return EnvVar{}, false
}

// CRIOPaths tells where this command line and environment make CRI-O look: its
// configuration file, whether CRI-O insists on that file, and its drop-in folder. An empty
// path means that CRI-O reads none.
func CRIOPaths(args []string, env []EnvVar) (config string, required bool, dropInDir string) {
	config, dropInDir = CRIOConfig, CRIODropInDir
	if v, ok := lastEnv(env, "CONTAINER_CONFIG"); ok && v.Value != "" {
		config, required = v.Value, true
	}
	if v, ok := stringFlag(args, "config", "c"); ok {
		config, required = v, true
	}
	if v, ok := lastEnv(env, "CONTAINER_CONFIG_DIR"); ok && v.Value != "" {
		dropInDir = v.Value
	}
	if v, ok := stringFlag(args, "config-dir", "d"); ok {
		dropInDir = v
	}
	return config, required && config != "", dropInDir
}
