package main

import (
	"go/ast"
	"strings"
)

// key adds a key: a letter for a value, or all keys below a table.
func (s *source) key(path string, p *pkg, inside string, e ast.Expr) error {
	if strings.Count(path, " ") > 12 {
		return nil // a type that holds itself
	}
	to, name, t := s.resolve(p, inside, e)
	switch t := t.(type) {
	case *ast.StructType:
		return s.fields(path, to, name, t)
	case *ast.MapType:
		return s.table(path, to, name, t.Value)
	case *ast.ArrayType:
		return s.list(path, to, name, t.Elt)
	}
	s.keys[path] = letter(to, t)
	return nil
}

func (s *source) table(path string, p *pkg, inside string, value ast.Expr) error {
	to, name, t := s.resolve(p, inside, value)
	switch t := t.(type) {
	case *ast.StructType:
		return s.fields(path+" *", to, name, t)
	case *ast.ArrayType:
		s.keys[path] = 'x'
		if _, _, elem := s.resolve(to, name, t.Elt); letter(to, elem) == 's' {
			s.keys[path] = 'o'
		}
		return nil
	case *ast.MapType:
		return s.key(path+" *", to, name, t)
	}
	s.keys[path] = 'x'
	if letter(to, t) == 's' {
		s.keys[path] = 'm'
	}
	return nil
}

func (s *source) list(path string, p *pkg, inside string, elem ast.Expr) error {
	to, name, t := s.resolve(p, inside, elem)
	if st, ok := t.(*ast.StructType); ok {
		return s.fields(path+" []", to, name, st)
	}
	s.keys[path] = 'a'
	switch letter(to, t) {
	case 's':
		s.keys[path] = 'l'
	case 'i', 'j', 'u', 'v':
		s.keys[path] = 'n'
	}
	return nil
}

func letter(p *pkg, t ast.Expr) byte {
	switch t := t.(type) {
	case *ast.Ident:
		if p.decodes[t.Name] == "UnmarshalText" && t.Name == "Duration" {
			return 't'
		}
		letters := map[string]byte{
			"string": 's', "bool": 'b', "int": 'i', "int64": 'i', "int32": 'j', "uint": 'u', "uint64": 'u', "uint32": 'v', "float64": 'f',
		}
		if l := letters[t.Name]; l != 0 && p.decodes[t.Name] == "" {
			return l
		}
	case *ast.SelectorExpr:
		if x, _ := t.X.(*ast.Ident); x.Name == "time" && t.Sel.Name == "Duration" {
			return 'd'
		}
	}
	return 'a'
}
