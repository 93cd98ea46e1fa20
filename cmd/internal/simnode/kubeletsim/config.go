package kubeletsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"sigs.k8s.io/yaml"
)

// effective is the configuration that a kubelet runs with: file, then kubelet config
// drop-ins, then flags, each over what came before (kubernetes v1.37.2
// cmd/kubelet/app/server.go mergeKubeletConfigurations).
type effective struct {
	configuration
	raw           map[string]any
	flags         *pflag.FlagSet
	gates         map[string]bool
	gateOn        bool
	verbosity     int
	json          bool
	lenient       string
	dir, endpoint string
}

// configuration is what matters of a KubeletConfiguration.
type configuration struct {
	Kind, APIVersion string
	FeatureGates     map[string]bool
	Logging          struct {
		Verbosity int
		Format    string
	}
	Port, ReadOnlyPort, HealthzPort int
	ContainerRuntimeEndpoint        string
}

// parseFlags takes the flags that matter; in their names "_" is the same as "-".
func (e *effective) parseFlags(args []string) (config, format string, gates map[string]string, err error) {
	e.flags = pflag.NewFlagSet("kubelet", pflag.ContinueOnError)
	e.flags.SetOutput(io.Discard)
	e.flags.ParseErrorsAllowlist.UnknownFlags = true
	e.flags.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(strings.ReplaceAll(name, "_", "-"))
	})
	e.flags.StringVar(&config, "config", "", "")
	e.flags.StringVar(&e.dir, "config-dir", "", "")
	e.flags.StringVar(&e.endpoint, "container-runtime-endpoint", "", "")
	e.flags.StringToStringVar(&gates, "feature-gates", nil, "") // gathers its values over all occurrences
	e.flags.StringVar(&format, "logging-format", "", "")
	e.flags.IntVar(&e.verbosity, "v", -1, "")
	err = e.flags.Parse(args) // before the values are returned
	return config, format, gates, err
}

func (k *Kubelet) loadConfig() (e effective, err error) {
	name, format, gates, err := e.parseFlags(k.opts.Args)
	if err != nil {
		return e, fmt.Errorf("failed to parse kubelet flag: %w", err)
	}
	if name != "" {
		if e.raw, e.lenient, err = k.readConfig(name, true); err != nil {
			return e, fmt.Errorf("failed to load kubelet config file, path: %s, error: failed to load Kubelet config file %s, error %w", name, name, err)
		}
	}
	if err := k.mergeDropIns(&e); err != nil {
		return e, fmt.Errorf("failed to merge kubelet configs: failed to walk through kubelet dropin directory %q: %w", e.dir, err)
	}
	e.configuration = configuration{Port: 10250, HealthzPort: 10248}
	if err := decode(e.raw, &e.configuration); err != nil {
		return e, err
	}
	if err := k.does.checkGates(e.FeatureGates); err != nil {
		return e, gatesError{err}
	}
	e.gates = map[string]bool{}
	maps.Copy(e.gates, e.FeatureGates)
	for gate, value := range gates {
		if e.gates[gate], err = strconv.ParseBool(value); err != nil {
			return e, fmt.Errorf("invalid argument for \"--feature-gates\" flag: invalid value of %s=%s, err: %w", gate, value, err)
		}
	}
	if err := k.does.checkGates(e.gates); err != nil {
		return e, fmt.Errorf("invalid argument for \"--feature-gates\" flag: %w", err)
	}
	if e.raw != nil {
		e.raw["featureGates"] = e.gates
	}
	if e.verbosity < 0 {
		e.verbosity = e.Logging.Verbosity
	}
	if e.endpoint == "" {
		e.endpoint = e.ContainerRuntimeEndpoint
	}
	e.endpoint = strings.TrimPrefix(e.endpoint, "unix://")
	e.json = format == "json" || e.Logging.Format == "json"
	on, set := e.gates["EventedPLEG"]
	e.gateOn = on || !set && e.gates["AllAlpha"]
	return e, nil
}

// decode takes what matters out of a configuration that was read.
func decode(raw map[string]any, into *configuration) error {
	text, err := json.Marshal(raw)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	return err
}

// readConfig reads one file. Duplicate keys are accepted in the main file (the last one
// counts, and a line is logged); in a drop-in they are fatal.
func (k *Kubelet) readConfig(name string, main bool) (raw map[string]any, lenient string, err error) {
	text, err := os.ReadFile(filepath.Join(k.opts.Root, name))
	if path := new(fs.PathError); errors.As(err, &path) {
		return nil, "", fmt.Errorf("failed to read kubelet config file %q, error: %w", name, path.Err)
	}
	if len(strings.TrimSpace(string(text))) == 0 {
		return nil, "", fmt.Errorf("kubelet config file %q was empty", name)
	}
	err = yaml.UnmarshalStrict(text, &raw)
	if err != nil && main {
		lenient, raw = err.Error(), nil
		err = yaml.Unmarshal(text, &raw)
	}
	var c configuration
	if err == nil {
		err = decode(raw, &c)
	}
	if err == nil && (c.Kind != "KubeletConfiguration" || c.APIVersion != "kubelet.config.k8s.io/v1beta1") {
		err = fmt.Errorf("no kind %q is registered for version %q", c.Kind, c.APIVersion)
	}
	if err != nil {
		return nil, "", fmt.Errorf("failed to decode: %w", err)
	}
	return raw, lenient, nil
}

// mergeDropIns applies every file "*.conf" below the directory, at any depth in lexical
// order, as a JSON merge patch. A directory that is a symbolic link is not walked.
func (k *Kubelet) mergeDropIns(e *effective) error {
	if e.dir == "" {
		return nil
	}
	return filepath.WalkDir(filepath.Join(k.opts.Root, e.dir), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || filepath.Ext(path) != ".conf" {
			return err
		}
		raw, _, err := k.readConfig(strings.TrimPrefix(path, k.opts.Root), false)
		e.raw, _ = mergePatch(e.raw, raw).(map[string]any)
		return err
	})
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
		if into[key] = mergePatch(into[key], value); value == nil {
			delete(into, key)
		}
	}
	return into
}

// checkGates is what makes a kubelet refuse its gates. Names are case-sensitive.
func (b behaviour) checkGates(gates map[string]bool) error {
	// Gates without a meaning here, which configurations in the field set.
	others := []string{"AllAlpha", "AllBeta", "GracefulNodeShutdown", "KubeletPSI", "MemoryQoS", "NodeSwap", "RotateKubeletServerCertificate", "SeccompDefault"}
	for _, name := range slices.Sorted(maps.Keys(gates)) {
		switch {
		case name == "EventedPLEG", slices.Contains(others, name):
		case name != "PLEGOnDemandRelist", b.relistGate == noGate:
			return fmt.Errorf("unrecognized feature gate: %s", name)
		case b.relistGate == "" && !gates[name]:
			return fmt.Errorf("cannot set feature gate %s to false, feature is locked to true", name)
		}
	}
	return nil
}
