package cmd

import (
	"bytes"
	"context"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/simnode"
)

func TestStreamsAndDemoKeepTheirSchema(t *testing.T) {
	on := true
	for name, c := range map[string]struct {
		sim  *simnode.Options
		args []string
		code int
		docs int
	}{
		"streaming":      {&simnode.Options{Gate: &on, Workload: simnode.WorkloadStatic}, []string{"probe", "--count", "4", "--duration", "2m"}, 0, 5},
		"idle":           {&simnode.Options{}, []string{"probe", "--duration", "50ms"}, 4, 1},
		"closed at once": {&simnode.Options{Runtime: "cri-o"}, []string{"probe"}, 3, 1},
		"unsupported":    {&simnode.Options{RuntimeVersion: "1.6.39"}, []string{"probe"}, 3, 1},
		"demo":           {nil, []string{"demo", "--kubelet", "1.37"}, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			deps := testDeps(nil, &out, &errs, func(string) string { return "" })
			if c.sim != nil {
				deps = testDeps(simNode(t, *c.sim).Host(), &out, &errs, func(string) string { return "" })
			}
			if code := Main(context.Background(), append(c.args, "-o", "json", "-q"), deps); code != c.code {
				t.Errorf("exit %d, want %d\n%s", code, c.code, errs.String())
			}
			docs := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
			if c.args[0] == "demo" {
				docs = [][]byte{out.Bytes()}
			}
			if len(docs) != c.docs {
				t.Errorf("%d documents, want %d:\n%s", len(docs), c.docs, out.String())
			}
			for _, doc := range docs {
				validJSON(t, doc)
			}
		})
	}
}
