package cmd

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/verify/report"
)

// madeSchemas are the answers whose schema is made from their Go type by `make docs`; the
// others were written by hand, with a description for every field.
func madeSchemas() map[string]any {
	return map[string]any{
		"Plan": report.Plan{}, "Change": report.Change{},
		"History": report.History{}, "Confirm": report.Confirm{}, "Recover": report.Recover{},
	}
}

func TestMadeSchemas(t *testing.T) {
	for kind, body := range madeSchemas() {
		file := "../docs/schema/" + strings.ToLower(kind) + ".json"
		want := schemaText(t, kind, body)
		if os.Getenv("PLEGCTL_DOCS") == "write" {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%v: run make docs", err)
		} else if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not of today's answer, run make docs (-answer +file):\n%s", file, diff)
		}
	}
}

func schemaText(t *testing.T, kind string, body any) []byte {
	t.Helper()
	properties, required := fieldsOf(reflect.TypeOf(body))
	properties["apiVersion"] = map[string]any{"const": apiVersion}
	properties["kind"] = map[string]any{"const": kind}
	properties["state"] = map[string]any{"type": "string", "description": "the state of the node or of the log"}
	properties["rung"] = map[string]any{"type": "string", "description": "the highest rung that was seen"}
	properties["changed"] = map[string]any{"type": "boolean", "description": "whether this run changed the node"}
	properties["exitCode"] = map[string]any{"enum": []int{0, 1, 3, 4, 5, 6, 7, 10, 130}, "description": "the exit code of the command"}
	doc := map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "the answer of kind " + kind,
		"description": "Within plegctl/v1 fields are only ever added.",
		"type":        "object", "properties": properties,
		"required": append([]string{"apiVersion", "kind", "changed", "exitCode"}, required...),
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(doc); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func fieldsOf(of reflect.Type) (properties map[string]any, required []string) {
	properties, required = map[string]any{}, []string{}
	for i := range of.NumField() {
		field := of.Field(i)
		if field.Anonymous {
			inner, must := fieldsOf(field.Type)
			for name, schema := range inner {
				properties[name] = schema
			}
			required = append(required, must...)
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		properties[name] = schemaOf(field.Type)
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
	}
	return properties, required
}

func schemaOf(of reflect.Type) map[string]any {
	if of == reflect.TypeFor[time.Time]() {
		return map[string]any{"type": "string", "format": "date-time"}
	}
	switch of.Kind() {
	case reflect.Pointer:
		return schemaOf(of.Elem())
	case reflect.Struct:
		properties, required := fieldsOf(of)
		return map[string]any{"type": "object", "properties": properties, "required": required}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(of.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	}
	return map[string]any{"type": "integer"}
}
