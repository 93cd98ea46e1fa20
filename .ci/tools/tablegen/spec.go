package main

import (
	"fmt"
	"go/ast"
	"strings"
)

// spec is a FeatureSpec literal.
type spec struct {
	minor, compat int // first minor it holds for; least minor to stay compatible with
	on, locked    bool
	stage         string
}

func specOf(lit *ast.CompositeLit) spec {
	s := spec{}
	for _, elt := range lit.Elts {
		kv, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch lastName(kv.Key) {
		case "Default":
			s.on = lastName(kv.Value) == "true"
		case "LockToDefault":
			s.locked = lastName(kv.Value) == "true"
		case "PreRelease":
			s.stage = lastName(kv.Value)
		case "Version":
			s.minor = minorLiteral(kv.Value)
		case "MinCompatibilityVersion":
			s.compat = minorLiteral(kv.Value)
		}
	}
	return s
}

// specAt picks the spec that holds in a minor, as component-base/featuregate does:
// the last one that is not newer, and whose compatibility version is at most the minor
// before (a kubelet emulates its own version and is compatible with the one before).
func specAt(list *ast.CompositeLit, minor int) spec {
	at := spec{stage: "PreAlpha"}
	for _, elt := range list.Elts {
		lit, ok := elt.(*ast.CompositeLit)
		if !ok {
			continue
		}
		if s := specOf(lit); s.minor <= minor && s.compat <= minor-1 {
			at = s
		}
	}
	return at
}

// minorLiteral reads version.MustParse("1.26") and version.MajorMinor(1, 26).
func minorLiteral(e ast.Expr) int {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return 0
	}
	last := call.Args[len(call.Args)-1].(*ast.BasicLit).Value
	var minor int
	text := strings.TrimPrefix(strings.Trim(last, `"`), "1.")
	if _, err := fmt.Sscanf(text, "%d", &minor); err != nil {
		return 0
	}
	return minor
}

// letter is how the table writes a spec; see header.
func letter(s spec) byte {
	letters := map[string]string{"Alpha": "az", "Beta": "bc", "GA": "gl", "Deprecated": "de", "PreAlpha": "pp"}[s.stage]
	if letters == "" {
		return '?'
	}
	l := letters[0]
	if s.locked {
		l = letters[1]
	}
	if s.on {
		l -= 'a' - 'A'
	}
	return l
}
