package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// found is what one package registers.
type found struct {
	gates   map[string]byte
	needs   []string          // "Gate>Needed"
	spelled map[string]string // constant -> gate, where they differ
}

// readPackage evaluates the composite literals that map a Feature to its spec, its
// versioned specs or its dependencies, wherever they stand in the package.
func readPackage(dir string, minor int) (found, error) {
	out := found{gates: map[string]byte{}, spelled: map[string]string{}}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		return out, fmt.Errorf("no Go files in %s: %w", dir, os.ErrNotExist)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return out, err
		}
		out.readConstants(file)
		files = append(files, file)
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			return out.read(lit, minor)
		})
	}
	slices.Sort(out.needs)
	out.needs = slices.Compact(out.needs)
	return out, nil
}

// read takes one literal; it reports whether to look inside it.
func (f *found) read(lit *ast.CompositeLit, minor int) bool {
	m, ok := lit.Type.(*ast.MapType)
	if !ok || lastName(m.Key) != "Feature" {
		return true
	}
	for _, elt := range lit.Elts {
		kv, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		gate := f.gateName(kv.Key)
		value, ok := kv.Value.(*ast.CompositeLit)
		if !ok {
			continue
		}
		switch {
		case lastName(m.Value) == "FeatureSpec":
			f.gates[gate] = letter(specOf(value))
		case lastName(m.Value) == "VersionedSpecs":
			f.gates[gate] = letter(specAt(value, minor))
		default: // []Feature
			for _, dep := range value.Elts {
				f.needs = append(f.needs, gate+">"+f.gateName(dep))
			}
		}
	}
	return false
}

// gateName is the gate that an expression names: the value of the constant where it is
// spelled otherwise than the constant (RuntimeClassInImageCriAPI is "RuntimeClassInImageCriApi").
func (f *found) gateName(e ast.Expr) string {
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 { // featuregate.Feature(x)
		return f.gateName(call.Args[0])
	}
	name := lastName(e)
	if spelled, ok := f.spelled[name]; ok {
		return spelled
	}
	return name
}

// readConstants notes the constants whose value differs from their name.
func (f *found) readConstants(file *ast.File) {
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, s := range group.Specs {
			one := s.(*ast.ValueSpec)
			if len(one.Values) != 1 || lastName(one.Type) != "Feature" {
				continue
			}
			if lit, ok := one.Values[0].(*ast.BasicLit); ok && lastName(lit) != one.Names[0].Name {
				f.spelled[one.Names[0].Name] = lastName(lit)
			}
		}
	}
}

func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.BasicLit:
		s, _ := strconv.Unquote(e.Value)
		return s
	}
	return ""
}
