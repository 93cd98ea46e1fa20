package kubeletcfg

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// refusal returns why the kubelet cannot decode a value that is not null, in its own words;
// "" where it can.
func (s fieldSpec) refusal(value any, path, parent string) string {
	got, err := s.mismatch(value)
	switch {
	case err != nil:
		return err.Error()
	case got == "":
		return ""
	case strings.HasPrefix(s.goType, "v1.Duration") || s.kind == "time": // they decode themselves
		return "json: cannot unmarshal " + got + " into Go value of type string"
	}
	goType := s.goType
	if s.kind == goType && (s.kind == "list" || s.kind == "map") {
		goType = "a " + s.kind
	}
	path = strings.NewReplacer("[]", "", "{}", "").Replace(path)
	return fmt.Sprintf("json: cannot unmarshal %s into Go struct field %s.%s of type %s", got, parent, path, goType)
}

// mismatch returns the kind of a JSON value that the field does not take, as Go's decoder
// names it, or why the field does not take this very value.
func (s fieldSpec) mismatch(value any) (got string, err error) {
	switch v := value.(type) {
	case string:
		return s.mismatchedString(v)
	case json.Number:
		return s.mismatchedNumber(v.String())
	case bool:
		if s.kind != "bool" {
			return "bool", nil
		}
	case map[string]any:
		return "object", nil
	case []any:
		return "array", nil
	}
	return "", nil
}

func (s fieldSpec) mismatchedString(v string) (got string, err error) {
	switch s.kind {
	case "string":
	case "duration", "duration-or-null", "duration-or-number":
		_, err = time.ParseDuration(v)
	case "time":
		_, err = time.Parse(time.RFC3339, v)
	case "quantity":
		err = checkQuantity(v)
	default:
		return "string", nil
	}
	return "", err
}

func (s fieldSpec) mismatchedNumber(v string) (got string, err error) {
	switch s.kind {
	case "int32":
		_, err = strconv.ParseInt(v, 10, 32)
	case "int64", "duration-or-number":
		_, err = strconv.ParseInt(v, 10, 64)
	case "uint32":
		_, err = strconv.ParseUint(v, 10, 32)
	case "float64":
		_, err = strconv.ParseFloat(v, 64)
	case "quantity":
		return "", checkQuantity(v)
	default:
		return "number", nil
	}
	if err != nil {
		return "number " + v, nil
	}
	return "", nil
}
