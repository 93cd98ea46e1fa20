package runtimecfg

import "fmt"

// Source is one configuration file as it was read. Err tells why it could not be read; the
// daemon may see it differently, so what depends on it is not known.
type Source struct {
	Path string
	Data []byte
	Err  error
}

// Pos is a place in a file. Line and Column count from 1, the column in characters; both
// are 0 where the whole file is meant.
type Pos struct {
	File         string
	Line, Column int
}

// String is file:line:column, shortened by what is not known.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Kind says what sort of place a setting comes from.
type Kind string

// The kinds, each overruling those before it.
const (
	FromDefault     Kind = "default"
	FromFile        Kind = "file"
	FromEnvironment Kind = "environment"
	FromFlag        Kind = "flag"
)

// Origin is where a value was said.
type Origin struct {
	Kind Kind
	// Pos is set for FromFile.
	Pos Pos
	// Name is the variable or the flag.
	Name string
	// Where is what the caller said of the variable or the command line: an environment
	// file, a unit, /proc/812/cmdline.
	Where string
}

// String names the origin for people: "/etc/crio/crio.conf:12:1",
// "ENABLE_POD_EVENTS in /etc/sysconfig/crio", "--enable-pod-events in crio.service".
func (o Origin) String() string {
	switch o.Kind {
	case FromFile:
		return o.Pos.String()
	case FromEnvironment, FromFlag:
		if o.Where == "" {
			return o.Name
		}
		return o.Name + " in " + o.Where
	}
	return "built-in default"
}

// Said is one value and who said it.
type Said[T any] struct {
	Value T
	From  Origin
}

// Setting is the value that counts.
type Setting[T any] struct {
	Value T
	From  Origin
	// Known is false when the value cannot be told: a source could not be read, or the
	// daemon would choose at random or not start at all.
	Known bool
	// Overruled are the others that set it, in the order in which they are read.
	Overruled []Said[T]
}

func defaultTo[T any](value T) Setting[T] {
	return Setting[T]{Value: value, From: Origin{Kind: FromDefault}, Known: true}
}

// overrule lets a later source win.
func (s *Setting[T]) overrule(next Said[T]) {
	if s.From.Kind != FromDefault {
		s.Overruled = append(s.Overruled, Said[T]{Value: s.Value, From: s.From})
	}
	s.Value, s.From, s.Known = next.Value, next.From, true
}
