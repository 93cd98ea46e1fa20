package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
)

// strict is the published schema of a kind with every field that it does not name
// forbidden: readers must bear new fields, but we must not forget to publish one.
func strict(t *testing.T, kind string) *jsonschema.Schema {
	t.Helper()
	file := filepath.Join("../docs/schema", strings.ToLower(kind)+".json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("the kind %s has no published schema: %v", kind, err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	forbidMore(doc)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(file, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func forbidMore(value any) {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			forbidMore(one)
		}
	case map[string]any:
		for _, one := range v {
			forbidMore(one)
		}
		if _, object := v["properties"].(map[string]any); object && v["type"] == "object" {
			v["additionalProperties"] = false
		}
	}
}

// validJSON holds one document against the schema of its kind.
func validJSON(t *testing.T, doc []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatalf("no JSON: %v\n%s", err, doc)
	}
	var head struct{ Kind string }
	if err := json.Unmarshal(doc, &head); err != nil {
		t.Fatal(err)
	}
	if err := strict(t, head.Kind).Validate(value); err != nil {
		t.Errorf("%s: %v\n%s", head.Kind, err, doc)
	}
}

func TestAnswersKeepTheirSchema(t *testing.T) {
	on := true
	for name, c := range map[string]struct {
		sim  *simnode.Options
		args []string
	}{
		"status":              {&simnode.Options{Gate: &on}, []string{"status"}},
		"status, half":        {&simnode.Options{Runtime: "cri-o", PodEvents: true}, []string{"status"}},
		"status, harmful":     {&simnode.Options{Kubelet: "1.37.2", Runtime: "cri-o", Gate: &on, PodEvents: true}, []string{"status"}},
		"status, forbidden":   {&simnode.Options{Gate: &on, Access: simnode.AccessForbidden}, []string{"status"}},
		"verify":              {&simnode.Options{Gate: &on}, []string{"verify", "--wait", "2m"}},
		"verify, stimulus":    {&simnode.Options{Gate: &on}, []string{"verify", "--wait", "2m", "--level", "proven", "--stimulus"}},
		"preflight":           {&simnode.Options{Runtime: "cri-o"}, []string{"preflight"}},
		"preflight, shadowed": {&simnode.Options{Runtime: "cri-o", Files: map[string]string{"/etc/crio/crio.conf.d/10-a.conf": "[crio.runtime]\nenable_pod_events = true\n", "/etc/crio/crio.conf.d/20-b.conf.bak": "[crio.runtime]\nenable_pod_events = false\n"}}, []string{"preflight"}},
		"explain":             {nil, []string{"explain", "works"}},
		"explain, list":       {nil, []string{"explain"}},
		"error":               {nil, []string{"explain", "nothing"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var host *node.Host
			if c.sim != nil {
				sim := *c.sim
				sim.Second = 20 * time.Millisecond
				host = simNode(t, sim).Host()
			}
			var out, errs bytes.Buffer
			Main(context.Background(), append(c.args, "-o", "json"), testDeps(host, &out, &errs, func(string) string { return "" }))
			validJSON(t, out.Bytes())
		})
	}
}
