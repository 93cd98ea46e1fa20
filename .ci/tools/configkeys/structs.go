package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// source reads the structs of one module.
type source struct {
	module, dir string
	packages    map[string]*pkg
	keys        map[string]byte
}

// pkg is a package's types, the imports of the files that declare them, and the types that
// decode themselves from text or TOML.
type pkg struct {
	types   map[string]ast.Expr
	imports map[string]map[string]string
	file    map[string]string
	decodes map[string]string
}

func (s *source) root(r root) error {
	p, err := s.load(r.dir)
	if err != nil {
		return err
	}
	st, ok := p.types[r.name].(*ast.StructType)
	if !ok {
		return fmt.Errorf("%s: no struct %s", r.dir, r.name)
	}
	return s.fields(r.path, p, r.name, st)
}

func (s *source) load(dir string) (*pkg, error) {
	if p := s.packages[dir]; p != nil {
		return p, nil
	}
	p := &pkg{types: map[string]ast.Expr{}, imports: map[string]map[string]string{}, file: map[string]string{}, decodes: map[string]string{}}
	s.packages[dir] = p
	full := filepath.Join(s.dir, filepath.FromSlash(dir))
	entries, err := os.ReadDir(full)
	if err != nil {
		return nil, err
	}
	context := build.Default
	context.GOOS, context.GOARCH = "linux", "amd64"
	for _, e := range entries {
		name := e.Name()
		if match, err := context.MatchFile(full, name); err != nil || !match || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(full, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.add(name, f)
	}
	return p, nil
}

func (p *pkg) add(name string, f *ast.File) {
	p.imports[name] = map[string]string{}
	for _, spec := range f.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		local := path[strings.LastIndexByte(path, '/')+1:]
		if spec.Name != nil {
			local = spec.Name.Name
		}
		p.imports[name][local] = path
	}
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					p.types[t.Name.Name], p.file[t.Name.Name] = t.Type, name
				}
			}
		case *ast.FuncDecl:
			if d.Recv != nil && strings.HasPrefix(d.Name.Name, "Unmarshal") {
				p.decodes[receiver(d.Recv.List[0].Type)] = d.Name.Name
			}
		}
	}
}

func receiver(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if id, ok := e.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// fields adds the keys of a struct that is declared as, or inside of, the type named.
func (s *source) fields(path string, p *pkg, inside string, st *ast.StructType) error {
	for _, f := range st.Fields.List {
		tag := ""
		if f.Tag != nil {
			text, _ := strconv.Unquote(f.Tag.Value)
			tag, _, _ = strings.Cut(reflect.StructTag(text).Get("toml"), ",")
		}
		switch {
		case tag == "-":
		case tag != "":
			if err := s.key(strings.TrimSpace(path+" "+tag), p, inside, f.Type); err != nil {
				return err
			}
		case len(f.Names) == 0:
			if err := s.embedded(path, p, inside, f.Type); err != nil {
				return err
			}
		default:
			for _, name := range f.Names {
				if !name.IsExported() {
					continue
				}
				if err := s.key(strings.TrimSpace(path+" "+name.Name), p, inside, f.Type); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *source) embedded(path string, p *pkg, inside string, e ast.Expr) error {
	to, name, t := s.resolve(p, inside, e)
	if st, ok := t.(*ast.StructType); ok {
		return s.fields(path, to, name, st)
	}
	return nil
}

// resolve follows names to the type that they stand for; t is nil for one of another module.
func (s *source) resolve(p *pkg, inside string, e ast.Expr) (to *pkg, name string, t ast.Expr) {
	switch e := e.(type) {
	case *ast.StarExpr:
		return s.resolve(p, inside, e.X)
	case *ast.ParenExpr:
		return s.resolve(p, inside, e.X)
	case *ast.Ident:
		if next, ok := p.types[e.Name]; ok {
			if p.decodes[e.Name] != "" {
				return p, e.Name, e
			}
			return s.resolve(p, e.Name, next)
		}
	case *ast.SelectorExpr:
		x, _ := e.X.(*ast.Ident)
		path := p.imports[p.file[inside]][x.Name]
		if dir, ok := strings.CutPrefix(path, s.module+"/"); ok {
			if other, err := s.load(dir); err == nil {
				return s.resolve(other, e.Sel.Name, ast.NewIdent(e.Sel.Name))
			}
		}
	}
	return p, inside, e
}
