package cmd

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/plegctl/plegctl/verify/report"
)

func tree() *cobra.Command {
	return newRootCommand(testDeps(nil, io.Discard, io.Discard, func(string) string { return "" }))
}

// run runs plegctl without a node and returns its stdout, stderr and exit code.
func run(args ...string) (out, errs string, code int) {
	var o, e bytes.Buffer
	code = Main(context.Background(), args, testDeps(nil, &o, &e, func(string) string { return "" }))
	return o.String(), e.String(), code
}

func TestHelpFitsTheScreen(t *testing.T) {
	long := 0
	for _, verb := range append(tree().Commands(), tree()) {
		args := append(strings.Fields(verb.CommandPath())[1:], "--help")
		out, _, _ := run(args...)
		for i, line := range strings.Split(out, "\n") {
			if utf8.RuneCountInString(line) > report.Width {
				t.Errorf("plegctl %s: line %d has more than %d columns: %s", strings.Join(args, " "), i+1, report.Width, line)
			}
		}
		if strings.Count(out, "\n") > 24 {
			long++
		}
		if strings.Contains(out, "[=") || strings.Contains(out, "`") {
			t.Errorf("plegctl %s: %s", strings.Join(args, " "), out)
		}
	}
	if len(tree().Commands()) < 2*long {
		t.Errorf("the help of %d of %d commands is longer than 24 lines", long, len(tree().Commands()))
	}
}

func TestVersionAndOptions(t *testing.T) {
	if out, _, code := run("--version"); code != 0 || !strings.HasPrefix(out, "plegctl ") {
		t.Errorf("--version: exit %d, %q", code, out)
	}
	if out, _, code := run("options"); code != 0 || !strings.Contains(out, "--state-dir DIR") {
		t.Errorf("options: exit %d, %s", code, out)
	}
}

// Every flag that does not take free text completes its values.
func TestCompletionKnowsEveryClosedSet(t *testing.T) {
	free := strings.Fields("config kubeconfig token-file textfile against file root state-dir directory since until boot reason " +
		"bundle wait settle timeout confirm-within for duration keep count runtime-endpoint runtime-version unit record unless-boot")
	flags := 0
	for _, verb := range append(tree().Commands(), tree()) {
		check := func(f *pflag.Flag) {
			if f.Value.Type() == "bool" || slices.Contains(free, f.Name) {
				return
			}
			flags++
			if _, ok := verb.GetFlagCompletionFunc(f.Name); !ok {
				t.Errorf("%s --%s has no completion", verb.CommandPath(), f.Name)
			}
		}
		verb.LocalFlags().VisitAll(check)
	}
	if flags < 18 {
		t.Errorf("only %d flags with a closed set", flags)
	}
	for _, c := range []struct{ args, want string }{
		{"status -o ", "nagios"},
		{"preflight -o ", "sarif"},
		{"enable --level ", "proven"},
		{"enable --method ", "drop-in"},
		{"enable --accept-risk ", "static-pods"},
		{"preflight --only ", "PLEG-NODE-DRAINED"},
		{"status --runtime ", "cri-o"},
		{"status --kubelet-version ", "1.36.0"},
		{"status --runtime-unit ", "crio.service"},
		{"status --exit-as ", "npd"},
		{"probe --accept-risk ", "probe-theft"},
		{"explain ", "fell-back"},
		{"plan ", "rollback"},
		{"demo --kubelet ", "1.37"},
		{"status --color ", "never"},
	} {
		args := strings.Split("__complete "+c.args, " ")
		if out, _, _ := run(args...); !slices.Contains(strings.Split(out, "\n"), c.want) {
			t.Errorf("plegctl %s does not offer %s:\n%s", c.args, c.want, out)
		}
	}
	if out, _, _ := run("__complete", "enable", "-o", ""); strings.Contains(out, "sarif") {
		t.Errorf("enable offers -o sarif:\n%s", out)
	}
}

func TestMisspelledVariable(t *testing.T) {
	var out, errs bytes.Buffer
	deps := testDeps(nil, &out, &errs, func(string) string { return "" })
	deps.Environ = []string{"HOME=/root", "PLEGCTL_OUTPU=json"}
	if code := Main(context.Background(), []string{"version"}, deps); code != ExitError || !strings.Contains(errs.String(), "did you mean PLEGCTL_OUTPUT?") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}
