package cmd

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Top-level packages are what we know; packages below cmd/internal are what we touch. A
// knowing package that could reach the node would make its verdicts depend on where it
// runs, so its own imports may hold no effect.
func TestKnowingPackagesImportNoEffects(t *testing.T) {
	effects := []string{
		"os", "os/exec", "os/signal", "net", "net/http", "syscall", "log", "plugin",
		"github.com/spf13/cobra", "github.com/spf13/viper", "github.com/coreos/go-systemd",
		"github.com/godbus/dbus", "google.golang.org/grpc", "golang.org/x/sys",
		"github.com/plegctl/plegctl/cmd",
	}
	for pkg, imports := range goImports(t, "../kubeletcfg/...", "../runtimecfg/...", "../logscan/...", "../verify/...", "./internal/plan/...") {
		for _, imported := range imports {
			if imported == "github.com/plegctl/plegctl/cmd/internal/hint" {
				continue // a pure package: it names what to do next
			}
			for _, effect := range effects {
				if imported == effect || strings.HasPrefix(imported, effect+"/") && effect != "os" && effect != "net" && effect != "log" {
					t.Errorf("%s imports %s", pkg, imported)
				}
			}
		}
	}
}

// The three that read text know nothing of each other; what they share is known.
func TestConfigPackagesDoNotKnowEachOther(t *testing.T) {
	const module = "github.com/plegctl/plegctl/"
	readers := []string{module + "kubeletcfg", module + "runtimecfg", module + "logscan"}
	for pkg, imports := range goImports(t, "../kubeletcfg/...", "../runtimecfg/...", "../logscan/...") {
		for _, imported := range imports {
			for _, reader := range readers {
				if !strings.HasPrefix(pkg, reader) && strings.HasPrefix(imported, reader) {
					t.Errorf("%s imports %s", pkg, imported)
				}
			}
		}
	}
}

// The simulated node is what plegctl's knowledge is held against in tests: what it knows of
// kubelets and runtimes is its own.
func TestSimulatedNodeSharesNoKnowledgeWithItsJudge(t *testing.T) {
	const module = "github.com/plegctl/plegctl/"
	for pkg, imports := range goImports(t, "./internal/simnode/...", "./internal/demo/...") {
		for _, imported := range imports {
			for _, knowing := range []string{"kubeletcfg", "runtimecfg", "logscan", "verify"} {
				if imported == module+knowing || strings.HasPrefix(imported, module+knowing+"/") {
					t.Errorf("%s imports %s", pkg, imported)
				}
			}
		}
	}
}

// Only the package settings may use viper: it folds the case of keys, which would turn
// EventedPLEG into eventedpleg.
func TestOnlyOnePackageUsesViper(t *testing.T) {
	for pkg, imports := range goImports(t, "../...") {
		if pkg != "github.com/plegctl/plegctl/cmd/internal/settings" && slices.Contains(imports, "github.com/spf13/viper") {
			t.Errorf("%s imports viper", pkg)
		}
	}
}

// A template calls methods by names that the linker cannot know, so that it keeps every
// method of every type: 2.7 MB of a binary of 21. cobra has templates too, and the linker
// drops them where none is set.
func TestNothingUsesTemplates(t *testing.T) {
	for pkg, imports := range goImports(t, "../...") {
		for _, imported := range []string{"text/template", "html/template"} {
			if slices.Contains(imports, imported) {
				t.Errorf("%s imports %s", pkg, imported)
			}
		}
	}
}

// goImports lists the direct imports of each package, without its tests.
func goImports(t *testing.T, patterns ...string) map[string][]string {
	t.Helper()
	args := append([]string{"list", "-f", `{{if .GoFiles}}{{.ImportPath}} {{join .Imports " "}}{{end}}`}, patterns...)
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	imports := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		if len(fields) > 0 && !strings.Contains(fields[0], "/bench") && !strings.Contains(fields[0], "/gen") {
			imports[fields[0]] = fields[1:]
		}
	}
	if len(imports) == 0 {
		t.Fatal("go list named no package")
	}
	return imports
}
