package cmd

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify"
)

// A fact that nobody reads, and a problem code that nobody reports, are defects: they look
// like knowledge and change no verdict.
func TestNothingIsUnread(t *testing.T) {
	read := map[string]int{}   // selectors that are not assigned to
	idents := map[string]int{} // every identifier
	codes := map[string]string{}
	for file, tree := range sources(t) {
		if strings.Contains(file, "/simnode/") {
			continue
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, to := range n.Lhs {
					if field, ok := to.(*ast.SelectorExpr); ok {
						read[field.Sel.Name]--
					}
				}
			case *ast.SelectorExpr:
				read[n.Sel.Name]++
			case *ast.Ident:
				idents[n.Name]++
			case *ast.ValueSpec:
				if of, ok := n.Type.(*ast.SelectorExpr); ok && of.Sel.Name == "Code" {
					for _, name := range n.Names {
						codes[name.Name] = file
					}
				}
			}
			return true
		})
	}
	for field := range fieldsBelow(reflect.TypeFor[verify.Facts](), map[reflect.Type]bool{}) {
		if name := field[strings.LastIndexByte(field, '.')+1:]; read[name] == 0 {
			t.Errorf("%s is observed, and nobody reads it", field)
		}
	}
	if len(codes) < 20 {
		t.Fatalf("only %d problem codes were found", len(codes))
	}
	for code, file := range codes {
		if idents[code] < 2 {
			t.Errorf("%s: no problem has the code %s", file, code)
		}
	}
}

// fieldsBelow lists the exported fields of a type and of verify's types below it.
func fieldsBelow(of reflect.Type, seen map[reflect.Type]bool) map[string]bool {
	out := map[string]bool{}
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || !strings.HasSuffix(of.PkgPath(), "plegctl/verify") || seen[of] {
		return out
	}
	seen[of] = true
	for i := range of.NumField() {
		field := of.Field(i)
		if field.IsExported() {
			out[of.Name()+"."+field.Name] = true
		}
		for inner := range fieldsBelow(field.Type, seen) {
			out[inner] = true
		}
	}
	return out
}

// sources parses the tree's own files, without its tests.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "e2e" || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		files[name], err = parser.ParseFile(token.NewFileSet(), name, nil, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
