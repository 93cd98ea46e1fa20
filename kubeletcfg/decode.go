package kubeletcfg

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"

	"sigs.k8s.io/yaml"
)

var errNoMapping = errors.New("the document is not a mapping")

// decodeYAML decodes the first YAML document as the kubelet does (sigs.k8s.io/yaml: "yes"
// and "on" are true, the last of duplicate keys wins). strict is why the kubelet's strict
// parse fails where the lenient one does not.
func decodeYAML(src []byte) (value map[string]any, strict, err error) {
	data, strict := yaml.YAMLToJSONStrict(src)
	if strict != nil {
		if data, err = yaml.YAMLToJSON(src); err != nil {
			return nil, nil, err
		}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var top any
	if err := dec.Decode(&top); err != nil {
		return nil, nil, fmt.Errorf("decode: %w", err)
	}
	value, ok := top.(map[string]any)
	if !ok {
		return nil, nil, errNoMapping
	}
	return value, strict, nil
}

// gatesIn returns the featureGates map of a decoded KubeletConfiguration; nil where it's missing,
// null or not a map.
func gatesIn(value map[string]any) map[string]any {
	gates, _ := value["featureGates"].(map[string]any)
	return gates
}

// withGates returns value with other feature gates. It shares all else.
func withGates(value, gates map[string]any) map[string]any {
	out := maps.Clone(value)
	out["featureGates"] = gates
	return out
}

// same reports whether two values mean the same to the kubelet: no gates, an empty map and
// (except in a drop-in, where it removes the gates of earlier files) null are equal.
func same(a, b map[string]any, dropIn bool) bool {
	return reflect.DeepEqual(plain(a, dropIn), plain(b, dropIn))
}

func plain(value map[string]any, dropIn bool) map[string]any {
	gates, present := value["featureGates"]
	m, isMap := gates.(map[string]any)
	if !present || isMap && len(m) > 0 || !isMap && (gates != nil || dropIn) {
		return value
	}
	out := maps.Clone(value)
	delete(out, "featureGates")
	return out
}
