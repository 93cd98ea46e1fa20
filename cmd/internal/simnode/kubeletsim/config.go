package kubeletsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// effective is the configuration that a kubelet runs with: file, then kubelet config
// drop-ins, then flags, each over what came before (kubernetes v1.37.2
// cmd/kubelet/app/server.go mergeKubeletConfigurations).
type effective struct {
	raw   map[string]any
	gates map[string]bool

	verbosity                       int
	json                            bool
	port, readOnlyPort, healthzPort int
	endpoint                        string
	open                            bool
	lenient                         string
}

// exitError is the end of a kubelet: what it prints, and how it exits.
type exitError struct {
	text string
	// inFile tells that the gates came from a file, which decides how it dies.
	inFile bool
}

func (e *exitError) Error() string { return e.text }

func (k *Kubelet) loadConfig(flags commandLine) (effective, error) {
	e := effective{raw: map[string]any{}, gates: map[string]bool{}}
	if name := flags["config"]; name != "" {
		raw, lenient, err := k.readConfig(name, true)
		if err != nil {
			return e, &exitError{text: fmt.Sprintf("failed to load kubelet config file, path: %s, error: failed to load Kubelet config file %s, error %v", name, name, err)}
		}
		e.raw, e.lenient = raw, lenient
	}
	if err := k.mergeDropIns(&e, flags); err != nil {
		return e, err
	}
	gates, err := gatesOf(e.raw)
	if err != nil {
		return e, &exitError{text: err.Error()}
	}
	if why := checkGates(k.opts.Version, gates); why != "" {
		return e, &exitError{text: why, inFile: true}
	}
	fromFlags, err := parseGateFlag(flags["feature-gates"])
	if err != nil {
		return e, &exitError{text: fmt.Sprintf("invalid argument %q for \"--feature-gates\" flag: %v", flags["feature-gates"], err)}
	}
	if why := checkGates(k.opts.Version, fromFlags); why != "" {
		return e, &exitError{text: why}
	}
	maps.Copy(gates, fromFlags)
	e.gates = gates
	e.raw["featureGates"] = gates
	e.settle(flags)
	return e, nil
}

// readConfig reads one file. Unknown fields and duplicate keys are borne in the main file
// (the last one counts, and a line is logged); in a drop-in a duplicate key is fatal.
func (k *Kubelet) readConfig(name string, main bool) (raw map[string]any, lenient string, err error) {
	path := name
	if !filepath.IsAbs(path) {
		path = "/" + path
	}
	text, err := os.ReadFile(filepath.Join(k.opts.Root, path))
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
	if err != nil {
		return nil, "", fmt.Errorf("failed to decode: %w", err)
	}
	if err := json.Unmarshal(asJSON, &raw); err != nil {
		return nil, "", fmt.Errorf("failed to decode: %w", err)
	}
	if raw["kind"] != "KubeletConfiguration" || !strings.HasPrefix(fmt.Sprint(raw["apiVersion"]), "kubelet.config.k8s.io/") {
		return nil, "", fmt.Errorf("failed to decode: no kind %q is registered for version %q", fmt.Sprint(raw["kind"]), fmt.Sprint(raw["apiVersion"]))
	}
	if _, err := gatesOf(raw); err != nil {
		return nil, "", err
	}
	return raw, lenient, nil
}

func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// gatesOf reads featureGates; a value must be a boolean.
func gatesOf(raw map[string]any) (map[string]bool, error) {
	gates := map[string]bool{}
	value, there := raw["featureGates"]
	if !there || value == nil {
		return gates, nil
	}
	table, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("failed to decode: json: cannot unmarshal into Go struct field KubeletConfiguration.featureGates of type map[string]bool")
	}
	for name, v := range table {
		on, ok := v.(bool)
		if !ok && v != nil {
			return nil, fmt.Errorf("failed to decode: json: cannot unmarshal %s into Go struct field KubeletConfiguration.featureGates of type bool", jsonKind(v))
		}
		gates[name] = on
	}
	return gates, nil
}

func jsonKind(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	}
	return "object"
}

// settle takes the values that matter out of the merged configuration.
func (e *effective) settle(flags commandLine) {
	number := func(key string, otherwise int) int {
		if n, ok := e.raw[key].(float64); ok {
			return int(n)
		}
		return otherwise
	}
	logging, _ := e.raw["logging"].(map[string]any)
	if n, ok := logging["verbosity"].(float64); ok {
		e.verbosity = int(n)
	}
	if n, err := strconv.Atoi(flags.get("v", "")); err == nil {
		e.verbosity = n
	}
	format, _ := logging["format"].(string)
	e.json = flags.get("logging-format", format) == "json"
	e.port, e.readOnlyPort, e.healthzPort = number("port", 10250), number("readOnlyPort", 0), number("healthzPort", 10248)
	endpoint, _ := e.raw["containerRuntimeEndpoint"].(string)
	e.endpoint = strings.TrimPrefix(flags.get("container-runtime-endpoint", endpoint), "unix://")
	auth, _ := e.raw["authentication"].(map[string]any)
	anonymous, _ := auth["anonymous"].(map[string]any)
	authz, _ := e.raw["authorization"].(map[string]any)
	e.open = anonymous["enabled"] == true && authz["mode"] == "AlwaysAllow"
}
