package report

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/source"
)

// sarifSchema returns the schema of SARIF 2.1.0. It comes with a linter that `make lint` runs
// anyway, so that no copy of it lies in this tree.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	download := exec.Command("go", "mod", "download", "-modfile=../../.ci/tools/go.mod", "-json", "github.com/securego/gosec/v2")
	said, err := download.Output()
	var module struct{ Dir string }
	if err != nil || json.Unmarshal(said, &module) != nil {
		t.Fatalf("%v: %s", err, said)
	}
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(module.Dir, "report/sarif/testdata/sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIFIsValid(t *testing.T) {
	at := source.At(source.DropIn, "/etc/crio/crio.conf.d/50 mine%\x1b.conf", 2, 13)
	result := func(code string, level verify.Level, status verify.Status, at source.Position) verify.Result {
		return verify.Result{Code: code, Title: "a title", Level: level, Status: status, Found: "found\n\x1b[2Jtext", Hint: "do this", At: at}
	}
	with := result("PLEG-RUNTIME-CONFIG", verify.Required, verify.Fail, at)
	with.More = []source.Problem{{Code: "config-type", At: at, Message: "a problem"}}
	report := verify.Report{Results: []verify.Result{
		with,
		result("PLEG-NODE-DRAINED", verify.Required, verify.Fail, source.Position{}),
		result("PLEG-NODE-CLOCK", verify.Advisory, verify.Fail, source.Position{}),
		result("PLEG-KUBELET-GATE", verify.Required, verify.NotSeen, source.Position{}),
		result("PLEG-NODE-ROOT", verify.Required, verify.Pass, source.Position{}),
	}}
	schema := sarifSchema(t)
	for _, r := range []verify.Report{report, {}} {
		var out bytes.Buffer
		if err := Render(&out, "sarif", PreflightDocument(verify.Facts{}, r, "node-1", false), Style{}); err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%v\n%s", err, out.String())
		}
	}
}
