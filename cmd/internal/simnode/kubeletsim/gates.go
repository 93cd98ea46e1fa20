package kubeletsim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// gatesOf reads featureGates; a value must be a boolean.
func gatesOf(raw map[string]any) (map[string]bool, error) {
	gates := map[string]bool{}
	value := raw["featureGates"]
	if value == nil {
		return gates, nil
	}
	table, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("json: cannot unmarshal into Go struct field KubeletConfiguration.featureGates of type map[string]bool")
	}
	for name, v := range table {
		on, ok := v.(bool)
		if !ok && v != nil {
			return nil, fmt.Errorf("json: cannot unmarshal %T into Go struct field KubeletConfiguration.featureGates of type bool", v)
		}
		gates[name] = on
	}
	return gates, nil
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

// parseGates reads the value of --feature-gates.
func parseGates(value string) (map[string]bool, error) {
	gates := map[string]bool{}
	for pair := range strings.SplitSeq(value, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		name, text, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("missing bool value for %s", pair)
		}
		on, err := strconv.ParseBool(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("invalid value of %s=%s, err: %w", name, text, err)
		}
		gates[strings.TrimSpace(name)] = on
	}
	return gates, nil
}
