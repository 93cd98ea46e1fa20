package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
)

// file is a source file of a package.
type file struct{ pkg, path string }

// mutant is a source file with one change.
type mutant struct {
	file
	at, what string
	text     []byte
}

// finder collects the mutants of one file.
type finder struct {
	file
	set   *token.FileSet
	src   []byte
	found []mutant
	// results are the types of what the function around a return statement returns.
	results []string
}

func mutants(f file) ([]mutant, error) {
	src, err := os.ReadFile(f.path)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, f.path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil || ast.IsGenerated(parsed) {
		return nil, err
	}
	v := &finder{file: f, set: set, src: src}
	for _, d := range parsed.Decls {
		if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.IMPORT {
			continue
		}
		v.walk(d)
	}
	return v.found, nil
}

func (v *finder) offset(p token.Pos) int { return v.set.Position(p).Offset }

func (v *finder) textOf(n ast.Node) string { return string(v.src[v.offset(n.Pos()):v.offset(n.End())]) }

// replace adds the mutant that has text in the place of from to before.
func (v *finder) replace(from, before token.Pos, text string) {
	i, j := v.offset(from), v.offset(before)
	mutated := append(append(append([]byte(nil), v.src[:i]...), text...), v.src[j:]...)
	what := fmt.Sprintf("%s -> %s", v.src[i:j], text)
	if text == "" {
		what = "removed: " + string(v.src[i:j])
	}
	v.found = append(v.found, mutant{v.file, v.set.Position(from).String(), what, mutated})
}

func (v *finder) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			v.function(n.Type, n.Body)
			return false
		case *ast.FuncLit:
			v.function(n.Type, n.Body)
			return false
		case *ast.StructType, *ast.InterfaceType, *ast.ArrayType:
			return false
		case *ast.BinaryExpr:
			for _, other := range operators(n.Op) {
				v.replace(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), other)
			}
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				v.replace(n.OpPos, n.OpPos+1, "!!")
			}
		case *ast.BasicLit:
			if value, err := strconv.ParseInt(n.Value, 0, 64); n.Kind == token.INT && err == nil {
				v.replace(n.Pos(), n.End(), strconv.FormatInt(value+1, 10))
			}
		case *ast.Ident:
			if other, is := map[string]string{"true": "false", "false": "true"}[n.Name]; is {
				v.replace(n.Pos(), n.End(), other)
			}
		case *ast.IfStmt:
			v.condition(n.Cond)
		case *ast.CaseClause:
			for _, e := range n.List {
				v.condition(e)
			}
		case *ast.ExprStmt:
			v.replace(n.Pos(), n.End(), "")
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				v.replace(n.Pos(), n.End(), "")
			}
		case *ast.ReturnStmt:
			v.returned(n)
		}
		return true
	})
}

// function walks a body with the results of its own function.
func (v *finder) function(of *ast.FuncType, body *ast.BlockStmt) {
	outer := v.results
	v.results = nil
	if of.Results != nil {
		for _, field := range of.Results.List {
			for range max(1, len(field.Names)) {
				v.results = append(v.results, v.textOf(field.Type))
			}
		}
	}
	if body != nil {
		v.walk(body)
	}
	v.results = outer
}

// operators are those that a test must tell from op.
func operators(op token.Token) []string {
	return map[token.Token][]string{
		token.LSS: {"<="}, token.LEQ: {"<"}, token.GTR: {">="}, token.GEQ: {">"},
		token.EQL: {"!="}, token.NEQ: {"=="},
		token.LAND: {"||"}, token.LOR: {"&&"},
		token.ADD: {"-"}, token.SUB: {"+"}, token.MUL: {"/"}, token.QUO: {"*"},
	}[op]
}

// condition negates what is not an operator's result, which has mutants of its own.
func (v *finder) condition(e ast.Expr) {
	switch text := v.textOf(e); e.(type) {
	case *ast.CallExpr, *ast.Ident, *ast.SelectorExpr:
		if text == "true" || text == "false" {
			return // it is changed as a constant
		}
		v.replace(e.Pos(), e.End(), "!"+text)
	}
}

// returned gives back nothing in the place of one value.
func (v *finder) returned(n *ast.ReturnStmt) {
	if len(n.Results) != len(v.results) {
		return
	}
	for i, e := range n.Results {
		text := v.textOf(e)
		switch v.results[i] {
		case "bool":
			v.condition(e)
		case "string":
			if text != `""` {
				v.replace(e.Pos(), e.End(), `""`)
			}
		case "error":
			if text != "nil" {
				v.replace(e.Pos(), e.End(), "nil")
			}
		}
	}
}
