package main

import (
	"fmt"
	"go/ast"
	"path"
	"reflect"
	"strconv"
	"strings"
)

// goPackage is what is needed of a package: its types, and which decode JSON themselves.
type goPackage struct {
	types    map[string]*ast.TypeSpec
	imports  map[*ast.TypeSpec]map[string]string
	decoders map[string]bool
}

// fieldReader walks the types of a configuration.
type fieldReader struct {
	version  string
	packages map[string]*goPackage
	fields   map[string]bool // "path kind" or "path kind gotype"
}

// special are types that decode JSON in their own way, or are not to be looked into.
func special() map[string]string {
	return map[string]string{
		"k8s.io/apimachinery/pkg/apis/meta/v1.Duration": "duration", "k8s.io/apimachinery/pkg/apis/meta/v1.Time": "time",
		"k8s.io/apimachinery/pkg/api/resource.Quantity": "quantity", "k8s.io/apimachinery/pkg/api/resource.QuantityValue": "quantity",
		"time.Duration": "int64", "k8s.io/component-base/logs/api/v1.TimeOrMetaDuration": "duration-or-number",
	}
}

// named adds the fields of a named type that stands at a path.
func (r *fieldReader) named(pkg, name, at string) error {
	if kind, ok := special()[pkg+"."+name]; ok {
		r.add(at, kind, path.Base(pkg)+"."+name)
		return nil
	}
	p, err := r.load(pkg)
	if err != nil {
		return err
	}
	spec := p.types[name]
	switch {
	case spec == nil:
		return fmt.Errorf("no type %s in %s", name, pkg)
	case p.decoders[name]:
		return fmt.Errorf("%s.%s decodes JSON itself, and is not known", pkg, name)
	}
	return r.expr(pkg, p.imports[spec], spec.Type, at, path.Base(pkg)+"."+name)
}

// expr adds the fields of a type; gotype is its name where it has one.
func (r *fieldReader) expr(pkg string, imports map[string]string, e ast.Expr, at, gotype string) error {
	switch e := e.(type) {
	case *ast.StarExpr:
		if lastName(e.X) == "Duration" {
			r.add(at, "duration-or-null", "v1.Duration")
			return nil
		}
		return r.expr(pkg, imports, e.X, at, gotype)
	case *ast.SelectorExpr:
		return r.named(imports[lastName(e.X)], e.Sel.Name, at)
	case *ast.Ident:
		if basic(e.Name) {
			r.add(at, e.Name, gotype)
			return nil
		}
		return r.named(pkg, e.Name, at)
	case *ast.ArrayType:
		r.add(at, "list", gotype)
		return r.expr(pkg, imports, e.Elt, at+"[]", "")
	case *ast.MapType:
		r.add(at, "map", gotype)
		return r.expr(pkg, imports, e.Value, at+"{}", "")
	case *ast.StructType:
		r.add(at, "object", gotype)
		return r.structure(pkg, imports, e, at)
	}
	return fmt.Errorf("%s: a type that is not known: %T", at, e)
}

func (r *fieldReader) structure(pkg string, imports map[string]string, s *ast.StructType, at string) error {
	for _, field := range s.Fields.List {
		tag := ""
		if field.Tag != nil {
			text, _ := strconv.Unquote(field.Tag.Value)
			tag = reflect.StructTag(text).Get("json")
		}
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case name == "-":
			continue
		case lastName(field.Type) == "TypeMeta":
			r.add("kind", "string", "")
			r.add("apiVersion", "string", "")
			continue
		case len(field.Names) == 0 && (name == "" || options == "inline"):
			if err := r.inlined(pkg, lastName(field.Type), at); err != nil {
				return err
			}
			continue
		case name == "" && len(field.Names) == 1:
			name = field.Names[0].Name
		}
		if err := r.expr(pkg, imports, field.Type, strings.TrimPrefix(at+"."+name, "."), ""); err != nil {
			return err
		}
	}
	return nil
}

// inlined adds the fields of an embedded struct of the same package as if they were the
// outer one's own.
func (r *fieldReader) inlined(pkg, name, at string) error {
	p := r.packages[pkg]
	spec := p.types[name]
	if spec == nil {
		return fmt.Errorf("%s: no type %s to inline", at, name)
	}
	return r.structure(pkg, p.imports[spec], spec.Type.(*ast.StructType), at)
}

func (r *fieldReader) add(at, kind, gotype string) {
	if at == "" {
		return
	}
	if gotype == "" || gotype == kind {
		r.fields[at+" "+kind] = true
		return
	}
	r.fields[at+" "+kind+" "+gotype] = true
}

func basic(name string) bool {
	switch name {
	case "bool", "string", "int", "int32", "int64", "uint", "uint32", "uint64", "float32", "float64":
		return true
	}
	return false
}

func (r *fieldReader) load(pkg string) (*goPackage, error) {
	if p, ok := r.packages[pkg]; ok {
		return p, nil
	}
	parts := strings.SplitN(pkg, "/", 3)
	if len(parts) < 3 {
		return nil, fmt.Errorf("a package that is not known: %s", pkg)
	}
	dir, err := moduleDir(strings.Join(parts[:2], "/"), "0."+strings.TrimPrefix(r.version, "1."))
	if err != nil {
		return nil, err
	}
	files, err := parseLinux(dir + "/" + parts[2])
	if err != nil {
		return nil, err
	}
	p := &goPackage{types: map[string]*ast.TypeSpec{}, imports: map[*ast.TypeSpec]map[string]string{}, decoders: map[string]bool{}}
	for _, file := range files {
		p.read(file)
	}
	r.packages[pkg] = p
	return p, nil
}

func (p *goPackage) read(file *ast.File) {
	imports := map[string]string{}
	for _, imported := range file.Imports {
		name, _ := strconv.Unquote(imported.Path.Value)
		alias := path.Base(name)
		if imported.Name != nil {
			alias = imported.Name.Name
		}
		imports[alias] = name
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSpec:
			p.types[n.Name.Name], p.imports[n] = n, imports
		case *ast.FuncDecl:
			if n.Name.Name == "UnmarshalJSON" && n.Recv != nil {
				receiver := n.Recv.List[0].Type
				if pointer, ok := receiver.(*ast.StarExpr); ok {
					receiver = pointer.X
				}
				p.decoders[lastName(receiver)] = true
			}
		}
		return true
	})
}
