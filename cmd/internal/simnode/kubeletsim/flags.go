package kubeletsim

import (
	"fmt"
	"strings"
)

// commandLine is the kubelet's flags; in names "_" is the same as "-", and of a flag that
// is given twice the last one counts (spf13/pflag with k8s.io/component-base/cli/flag).
type commandLine map[string]string

func parseFlags(args []string) (commandLine, error) {
	flags := commandLine{}
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "" {
			continue
		}
		if !strings.HasPrefix(arg, "-") {
			return nil, fmt.Errorf("unknown command %s", arg)
		}
		name, value, with := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		name = strings.ReplaceAll(name, "_", "-")
		switch {
		case with:
		case isBool(name):
			value = "true"
		case i+1 < len(args):
			i++
			value = args[i]
		default:
			return nil, fmt.Errorf("flag needs an argument: --%s", name)
		}
		if name == "feature-gates" && flags[name] != "" {
			// A map flag gathers its values over all occurrences.
			value = flags[name] + "," + value
		}
		flags[name] = value
	}
	return flags, nil
}

func isBool(name string) bool {
	switch name {
	case "anonymous-auth", "register-node", "rotate-certificates", "fail-swap-on", "serialize-image-pulls", "cloud-provider-external",
		"authentication-token-webhook", "enable-server", "help", "protect-kernel-defaults":
		return true
	}
	return false
}

func (c commandLine) get(name, otherwise string) string {
	if value, ok := c[name]; ok {
		return value
	}
	return otherwise
}
