package report

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/verify/bundle"
)

// bodies are the JSON documents that this package owns, by kind. Each has a schema in
// docs/schema, which `make docs` writes from the Go type and its comments.
func bodies() map[string]any {
	return map[string]any{
		"Status": StatusBody{}, "Verify": VerifyBody{}, "Preflight": PreflightBody{}, "Probe": Probe{}, "Measure": Measure{},
		"Logs": Logs{}, "LogFinding": LogFinding{}, "Explain": Explain{}, "Version": Version{}, "Error": ErrorBody{},
		"Demo": Demo{}, "Plan": Plan{}, "Change": Change{}, "History": History{}, "Report": Fleet{}, "Bundle": bundle.Bundle{}, "Confirm": Confirm{}, "Recover": Recover{},
		// A line of a stream has no envelope but its own.
		"ContainerEvent": nil,
	}
}

func TestSchemas(t *testing.T) {
	comments := fieldComments(t, ".", "../cost", "../bundle")
	for kind, body := range bodies() {
		file := "../../docs/schema/" + strings.ToLower(kind) + ".json"
		want := schemaText(t, kind, body, comments)
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
			t.Errorf("%s is not the schema of today's type, run make docs (-type +file):\n%s", file, diff)
		}
	}
}

type schema = map[string]any

func schemaText(t *testing.T, kind string, body any, comments map[string]string) []byte {
	t.Helper()
	s := &schemas{comments}
	doc := s.of(reflect.TypeFor[ContainerEvent]())
	if body != nil {
		doc = s.of(reflect.TypeFor[Envelope]())
		s.add(doc, reflect.TypeOf(body))
	}
	properties := doc["properties"].(schema)
	properties["apiVersion"] = schema{"const": APIVersion}
	properties["kind"] = schema{"const": kind}
	doc["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	doc["title"] = "plegctl: the document of kind " + kind
	doc["description"] = "Within plegctl/v1 fields are only ever added."
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(doc); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// schemas makes JSON schemas of Go types; the comments of fields become descriptions.
type schemas struct{ comments map[string]string }

func (s *schemas) of(t reflect.Type) schema {
	if t == reflect.TypeFor[time.Time]() {
		return schema{"type": "string", "format": "date-time"}
	}
	if t == reflect.TypeFor[json.RawMessage]() {
		return schema{"type": "object"}
	}
	switch t.Kind() {
	case reflect.Interface:
		return schema{}
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Struct:
		object := schema{"type": "object", "properties": schema{}, "required": []string{}}
		s.add(object, t)
		return object
	case reflect.Slice:
		return schema{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return schema{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.String:
		return schema{"type": "string"}
	case reflect.Float32, reflect.Float64:
		return schema{"type": "number"}
	}
	return schema{"type": "integer"}
}

// add puts the fields of a struct type into an object's schema.
func (s *schemas) add(object schema, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous {
			s.add(object, field.Type)
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		one := s.of(field.Type)
		if text := s.comments[t.Name()+"."+field.Name]; text != "" {
			one["description"] = text
		}
		if enum := field.Tag.Get("enum"); enum != "" {
			one["enum"] = strings.Split(enum, ",")
		}
		if field.Tag.Get("null") == "true" {
			one["type"] = []any{one["type"], "null"}
		}
		object["properties"].(schema)[name] = one
		if !strings.Contains(options, "omitempty") {
			object["required"] = append(object["required"].([]string), name)
		}
	}
}

// fieldComments reads the doc comments of all struct fields in packages: "Type.Field".
func fieldComments(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	comments := map[string]string{}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				spec, ok := n.(*ast.TypeSpec)
				if !ok {
					return true
				}
				object, ok := spec.Type.(*ast.StructType)
				if !ok {
					return true
				}
				for _, field := range object.Fields.List {
					for _, name := range field.Names {
						if text := strings.Join(strings.Fields(field.Doc.Text()), " "); text != "" {
							comments[spec.Name.Name+"."+name.Name] = text
						}
					}
				}
				return true
			})
		}
	}
	return comments
}
