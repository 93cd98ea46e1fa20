package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/plegctl/plegctl"

// readElsewhere are fields that are no facts about a node, and who reads them.
func readElsewhere() map[string]string {
	return map[string]string{
		"logscan.Form.Source":         "a person who checks the row",
		"verify/known.Issue.Affected": "the pages of docs/checks",
		"verify/report.Format.Help":   "docs/scripting.md",
		"verify/source.Edit.Line":     "programs that use the packages: the examples show it",
		"verify/source.Edit.Column":   "the same",
		"verify/source.Edit.Why":      "the same",
		"verify/source.Position.Via":  "the golden files of the resolver",
	}
}

// A fact that nobody reads, and a problem code that nobody reports, are defects: they look
// like knowledge and change no verdict. A test that reads it is nobody, and so is the
// simulated node; a plain assignment to a field does not read it.
func TestNothingIsUnread(t *testing.T) {
	packages, info := typed(t)
	read := map[types.Object]bool{}
	written := map[*ast.Ident]bool{}
	for _, pkg := range packages {
		for _, tree := range pkg.files {
			ast.Inspect(tree, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					for _, to := range n.Lhs {
						if field, ok := to.(*ast.SelectorExpr); ok && n.Tok == token.ASSIGN {
							written[field.Sel] = true
						}
					}
				case *ast.SelectorExpr:
					if field, ok := info.Uses[n.Sel].(*types.Var); ok && !written[n.Sel] {
						read[field.Origin()] = true
					}
				case *ast.CallExpr: // a conversion reads every field
					if info.Types[n.Fun].IsType() && len(n.Args) == 1 {
						for field := range fieldsOf(info.TypeOf(n.Args[0])) {
							read[field] = true
						}
					}
				}
				return true
			})
		}
	}
	elsewhere := readElsewhere()
	fields, codes := 0, map[types.Object]int{}
	for _, pkg := range packages {
		for _, name := range pkg.scope.Names() {
			object := pkg.scope.Lookup(name)
			if strings.HasSuffix(object.Type().String(), "source.Code") {
				if _, ok := object.(*types.Const); ok {
					codes[object] = 0
				}
			}
			if _, ok := object.(*types.TypeName); !ok || !isKnowing(pkg.path) {
				continue
			}
			for field, tag := range fieldsOf(object.Type()) {
				fields++
				title := strings.TrimPrefix(pkg.path, module+"/") + "." + name + "." + field.Name()
				_, known := elsewhere[title]
				delete(elsewhere, title)
				if field.Exported() && !field.Embedded() && tag == "" && read[field] == known {
					t.Errorf("%s: read %v, in the list of what is read elsewhere %v", title, read[field], known)
				}
			}
		}
	}
	for _, object := range info.Uses {
		if _, ok := codes[object]; ok {
			codes[object]++
		}
	}
	for title := range elsewhere {
		t.Errorf("%s does not exist", title)
	}
	if fields < 200 || len(codes) < 20 {
		t.Fatalf("only %d fields and %d problem codes were found", fields, len(codes))
	}
	for code, uses := range codes {
		if uses == 0 {
			t.Errorf("no problem has the code %s", code.Name())
		}
	}
}

// fieldsOf are the fields of a struct type, each with its tag.
func fieldsOf(of types.Type) iter.Seq2[*types.Var, string] {
	return func(yield func(*types.Var, string) bool) {
		if of == nil {
			return
		}
		if fields, ok := of.Underlying().(*types.Struct); ok {
			for i := range fields.NumFields() {
				if !yield(fields.Field(i).Origin(), fields.Tag(i)) {
					return
				}
			}
		}
	}
}

// isKnowing reports whether the package holds facts and tables, and touches no node.
func isKnowing(path string) bool {
	name := strings.TrimPrefix(path, module+"/")
	return slices.ContainsFunc([]string{"kubeletcfg", "runtimecfg", "logscan", "verify"}, func(one string) bool {
		return name == one || strings.HasPrefix(name, one+"/")
	})
}

// parsed is one package of this module, without its tests.
type parsed struct {
	path  string
	scope *types.Scope
	files []*ast.File
}

type importing func(string) (*types.Package, error)

func (f importing) Import(path string) (*types.Package, error) { return f(path) }

// typed reads this module's packages from source, so that a field is one object wherever it
// is used, and all others from what the go command has built of them.
func typed(t *testing.T) ([]parsed, *types.Info) {
	t.Helper()
	out, err := exec.Command("go", "list", "-tags", "grpcnotrace", "-deps", "-export", "-json=ImportPath,Export,Dir,GoFiles", "../...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	set, exports, own := token.NewFileSet(), map[string]string{}, map[string]*types.Package{}
	built := importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	config := types.Config{Importer: importing(func(path string) (*types.Package, error) {
		if pkg := own[path]; pkg != nil {
			return pkg, nil
		}
		return built.Import(path)
	})}
	var packages []parsed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; { // what is imported comes first
		var p struct {
			ImportPath, Export, Dir string
			GoFiles                 []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, info
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if !strings.HasPrefix(p.ImportPath+"/", module+"/") {
			continue
		}
		var files []*ast.File
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
		into := info
		if strings.Contains(p.ImportPath, "/simnode") {
			into = nil
		}
		pkg, err := config.Check(p.ImportPath, set, files, into)
		if err != nil {
			t.Fatal(err)
		}
		own[p.ImportPath] = pkg
		if into != nil {
			packages = append(packages, parsed{p.ImportPath, pkg.Scope(), files})
		}
	}
}
