package source

import (
	"cmp"
	"fmt"
)

// Kind is the kind of source that an assignment comes from, weakest first.
type Kind int

const (
	// Default is the daemon's own default: no source sets the value.
	Default Kind = iota
	// ConfigFile is the main configuration file.
	ConfigFile
	// DropIn is a file in a drop-in directory, or a file that the main one imports.
	DropIn
	// Environment is a variable in the daemon's environment.
	Environment
	// Flag is an argument on the daemon's command line.
	Flag
)

// String returns the kind as reports and JSON spell it.
func (k Kind) String() string {
	return [...]string{"default", "config-file", "drop-in", "environment", "flag"}[k]
}

// Overrides reports whether a source of this kind overrides every file.
func (k Kind) Overrides() bool { return k == Environment || k == Flag }

// Position is the place where something was written. The zero Position is a default.
type Position struct {
	Kind Kind
	// Path is the file. It is empty for an argument or a variable of a running process.
	Path string
	// Line and Column count from 1, the column in characters; 0 where the whole file is meant.
	Line, Column int
	// Name is the flag ("--feature-gates") or the variable ("KUBELET_EXTRA_ARGS").
	Name string
	// Owner is whose command line or environment it is: "process 812", "crio.service".
	Owner string
	// Arg is the index of the argument on the command line, the program being 0.
	Arg int
	// Via is how text in Path reaches the command line:
	// "$KUBELET_EXTRA_ARGS in /etc/systemd/…/10-kubeadm.conf:11".
	Via string
}

// At returns a position in a file.
func At(kind Kind, path string, line, column int) Position {
	return Position{Kind: kind, Path: path, Line: line, Column: column}
}

// IsDefault reports whether no source sets the value.
func (p Position) IsDefault() bool { return p.Kind == Default && p.Path == "" && p.Owner == "" }

// Location returns "path:line:column", shortened by what is not known; "" without a path.
func (p Position) Location() string {
	switch {
	case p.Line > 0 && p.Column > 0:
		return fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Column)
	case p.Line > 0:
		return fmt.Sprintf("%s:%d", p.Path, p.Line)
	}
	return p.Path
}

// String names the position for people: "/etc/crio/crio.conf:12:1",
// "--feature-gates in /etc/default/kubelet:1:20", "CONTAINER_CONFIG of process 812".
func (p Position) String() string {
	where := p.Location()
	switch {
	case p.Name == "" && where != "":
		return where
	case p.Name == "" && p.Arg > 0:
		return joined(fmt.Sprintf("argument %d", p.Arg), " of ", p.Owner)
	case p.Name == "":
		if p.Owner != "" {
			return p.Owner
		}
		return "default"
	case where != "":
		return p.Name + " in " + where
	}
	return joined(p.Name, " of ", p.Owner)
}

func joined(what, word, whose string) string {
	if whose == "" {
		return what
	}
	return what + word + whose
}

// Compare orders positions for a reader: by file, line, column, then argument.
func (p Position) Compare(o Position) int {
	return cmp.Or(cmp.Compare(p.Path, o.Path), cmp.Compare(p.Line, o.Line), cmp.Compare(p.Column, o.Column),
		cmp.Compare(p.Arg, o.Arg), cmp.Compare(p.Name, o.Name))
}
