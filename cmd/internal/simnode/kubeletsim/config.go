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
	"strings"

	"github.com/spf13/pflag"
	"sigs.k8s.io/yaml"
)

// effective is the configuration that a kubelet runs with: file, then kubelet config
// drop-ins, then flags, each over what came before (kubernetes v1.37.2
// cmd/kubelet/app/server.go mergeKubeletConfigurations).
type effective struct {
	raw    map[string]any
	flags  *pflag.FlagSet
	gates  map[string]bool
	gateOn bool

	verbosity                       int
	json                            bool
	port, readOnlyPort, healthzPort int
	endpoint, lenient               string
}

func (k *Kubelet) loadConfig() (e effective, err error) {
	e = effective{raw: map[string]any{}, flags: pflag.NewFlagSet("kubelet", pflag.ContinueOnError)}
	if err := e.parseFlags(k.opts.Args); err != nil {
		return e, fmt.Errorf("failed to parse kubelet flag: %w", err)
	}
	if name := e.flag("config"); name != "" {
		if e.raw, e.lenient, err = k.readConfig(name, true); err != nil {
			return e, fmt.Errorf("failed to load kubelet config file, path: %s, error: failed to load Kubelet config file %s, error %w", name, name, err)
		}
	}
	if dir := e.flag("config-dir"); dir != "" {
		if err := k.mergeDropIns(&e, dir); err != nil {
			return e, fmt.Errorf("failed to merge kubelet configs: failed to walk through kubelet dropin directory %q: %w", dir, err)
		}
	}
	if e.gates, err = gatesOf(e.raw); err != nil {
		return e, err
	}
	if err := k.does.checkGates(e.gates); err != nil {
		return e, badGates{err}
	}
	flagged, err := parseGates(e.flag("feature-gates"))
	if err == nil {
		err = k.does.checkGates(flagged)
	}
	if err != nil {
		return e, fmt.Errorf("invalid argument %q for \"--feature-gates\" flag: %w", e.flag("feature-gates"), err)
	}
	maps.Copy(e.gates, flagged)
	e.settle()
	return e, nil
}

// parseFlags takes the flags that matter; in their names "_" is the same as "-".
func (e *effective) parseFlags(args []string) error {
	e.flags.SetOutput(io.Discard)
	e.flags.ParseErrorsAllowlist.UnknownFlags = true
	e.flags.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(strings.ReplaceAll(name, "_", "-"))
	})
	for _, name := range []string{"config", "config-dir", "container-runtime-endpoint", "logging-format", "v"} {
		e.flags.String(name, "", "")
	}
	e.flags.StringSlice("feature-gates", nil, "") // gathers its values over all occurrences
	return e.flags.Parse(args)
}

func (e *effective) flag(name string) string {
	return strings.Trim(e.flags.Lookup(name).Value.String(), "[]")
}

// readConfig reads one file. Unknown fields and duplicate keys are accepted in the main
// file (the last one counts, and a line is logged); in a drop-in a duplicate key is fatal.
func (k *Kubelet) readConfig(name string, main bool) (raw map[string]any, lenient string, err error) {
	text, err := os.ReadFile(filepath.Join(k.opts.Root, name))
	if err != nil {
		return nil, "", fmt.Errorf("failed to read kubelet config file %q, error: %w", name, bare(err))
	}
	if len(strings.TrimSpace(string(text))) == 0 {
		return nil, "", fmt.Errorf("kubelet config file %q was empty", name)
	}
	asJSON, err := yaml.YAMLToJSONStrict(text)
	if err != nil && main {
		lenient = err.Error()
		asJSON, err = yaml.YAMLToJSON(text)
	}
	if err == nil {
		err = json.Unmarshal(asJSON, &raw)
	}
	if err == nil && (raw["kind"] != "KubeletConfiguration" || raw["apiVersion"] != "kubelet.config.k8s.io/v1beta1") {
		err = fmt.Errorf("no kind %q is registered for version %q", fmt.Sprint(raw["kind"]), fmt.Sprint(raw["apiVersion"]))
	}
	if err == nil {
		_, err = gatesOf(raw)
	}
	if err != nil {
		return nil, "", fmt.Errorf("failed to decode: %w", err)
	}
	return raw, lenient, nil
}

func bare(err error) error {
	if path := new(fs.PathError); errors.As(err, &path) {
		return path.Err
	}
	return err
}

// mergeDropIns applies every file "*.conf" below the directory, at any depth in lexical
// order, as a JSON merge patch. A directory that is a symbolic link is not walked.
func (k *Kubelet) mergeDropIns(e *effective, dir string) error {
	return filepath.WalkDir(filepath.Join(k.opts.Root, dir), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || filepath.Ext(path) != ".conf" {
			return err
		}
		raw, _, err := k.readConfig(strings.TrimPrefix(path, k.opts.Root), false)
		if err == nil {
			e.raw, _ = mergePatch(e.raw, raw).(map[string]any)
		}
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
		if value == nil {
			delete(into, key)
			continue
		}
		into[key] = mergePatch(into[key], value)
	}
	return into
}

// settle takes the values that matter out of the merged configuration.
func (e *effective) settle() {
	var file struct {
		Logging struct {
			Verbosity int
			Format    string
		}
		Port, ReadOnlyPort, HealthzPort int
		ContainerRuntimeEndpoint        string
	}
	file.Port, file.HealthzPort = 10250, 10248
	e.raw["featureGates"] = e.gates
	if text, err := json.Marshal(e.raw); err == nil {
		_ = json.Unmarshal(text, &file) // what has another type keeps its default
	}
	e.port, e.readOnlyPort, e.healthzPort = file.Port, file.ReadOnlyPort, file.HealthzPort
	e.verbosity, e.endpoint = file.Logging.Verbosity, file.ContainerRuntimeEndpoint
	if v := e.flag("v"); v != "" {
		_, _ = fmt.Sscan(v, &e.verbosity)
	}
	if given := e.flag("container-runtime-endpoint"); given != "" {
		e.endpoint = given
	}
	e.endpoint = strings.TrimPrefix(e.endpoint, "unix://")
	e.json = file.Logging.Format == "json" || e.flag("logging-format") == "json"
	on, set := e.gates["EventedPLEG"]
	e.gateOn = on || !set && e.gates["AllAlpha"]
}
