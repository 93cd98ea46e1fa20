package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// flagReader finds the calls that define flags.
type flagReader struct {
	flags     map[string]string
	constants map[string]string
	// global reports whether flags are defined by calls of the packages flag and pflag.
	global bool
	// pinned are flags of another package that are added by name.
	pinned []string
	// locals are what the variables of the function at hand were made of.
	locals map[string]ast.Expr
	err    error
}

func (r *flagReader) read(file *ast.File) {
	for _, decl := range file.Decls {
		r.locals = map[string]ast.Expr{}
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if name, ok := n.Lhs[0].(*ast.Ident); ok && n.Tok == token.DEFINE && len(n.Rhs) == 1 {
					r.locals[name.Name] = n.Rhs[0]
				}
			case *ast.CallExpr:
				r.call(n)
			}
			return r.err == nil
		})
	}
}

// call takes one call that may define a flag.
func (r *flagReader) call(call *ast.CallExpr) {
	if name := lastName(call.Fun); (name == "register" || name == "registerDeprecated" || name == "pflagRegister") && len(call.Args) > 2 {
		if _, parameter := call.Args[2].(*ast.Ident); !parameter {
			r.pinned = append(r.pinned, r.pinnedName(call.Args[2]))
		}
		return
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	receiver, name := lastName(method.X), method.Sel.Name
	if r.global != (receiver == "flag" || receiver == "pflag") || !r.global && receiver != "fs" {
		return
	}
	plain := strings.TrimSuffix(name, "P")
	if kind, ok := valueTypes()[strings.TrimSuffix(plain, "Var")]; ok {
		at := 0
		if strings.HasSuffix(plain, "Var") {
			at = 1
		}
		r.define(call.Args[at], kind)
		return
	}
	if plain == "Var" && !r.global {
		r.define(call.Args[1], r.typeOf(call.Args[0]))
	}
}

// pinnedName is the name of a flag of cadvisor; "housekeeping_interval" is a constant of
// another package from 1.37 on.
func (r *flagReader) pinnedName(e ast.Expr) string {
	if name := lastName(e); name != "HousekeepingInterval" {
		return name
	}
	return "housekeeping_interval"
}

func (r *flagReader) define(nameExpr ast.Expr, kind string) {
	name := lastName(nameExpr)
	if value, ok := r.constants[name]; ok {
		name = value
	}
	if name == "" || kind == "" {
		if !r.global { // cadvisor has flags that the kubelet does not have
			r.err = fmt.Errorf("flag %q has a type that is not known", name)
		}
		return
	}
	r.flags[name] = kind
}

// typeOf names the type of a value that is not one of pflag's own.
func (r *flagReader) typeOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.UnaryExpr:
		return r.typeOf(e.X)
	case *ast.CompositeLit:
		return customTypes()[lastName(e.Type)]
	case *ast.CallExpr:
		return customTypes()[lastName(e.Fun)]
	case *ast.Ident:
		if local, ok := r.locals[e.Name]; ok {
			return r.typeOf(local)
		}
	case *ast.SelectorExpr: // a field: c.Options.JSON.InfoBufferSize
		return customTypes()[e.Sel.Name]
	}
	return ""
}

// valueTypes are pflag's own types, by method.
func valueTypes() map[string]string {
	return map[string]string{
		"Bool": "bool", "String": "string", "Duration": "duration", "Int": "int", "Int32": "int32", "Int64": "int64",
		"Uint": "uint", "Float32": "float32", "Float64": "float64", "StringSlice": "strings",
	}
}

// customTypes are the types of component-base/cli/flag, kubernetes/pkg/util/flag and
// component-base/logs/api/v1, by constructor, type or field.
func customTypes() map[string]string {
	return map[string]string{
		"NewMapStringBool": "gates", "NewMapStringString": "map", "NewMapStringStringNoSplit": "map-no-split",
		"NewLangleSeparatedMapStringString": "map-langle", "NewColonSeparatedMultimapStringString": "multimap",
		"ConfigurationMap": "labels", "IPVar": "ip", "ReservedMemoryVar": "reserved-memory", "RegisterWithTaintsVar": "taints",
		"VerbosityLevelPflag": "level", "VModuleConfigurationPflag": "vmodule", "InfoBufferSize": "quantity",
	}
}

// constantsOf returns the string constants of a package.
func constantsOf(files []*ast.File) map[string]string {
	constants := map[string]string{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == len(spec.Names) {
				for i, name := range spec.Names {
					if lit, ok := spec.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
						constants[name.Name] = lastName(lit)
					}
				}
			}
			return true
		})
	}
	return constants
}
