package kubeletcfg

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/source"
)

// The types below serve the files about units (unit.go, exec.go, envfile.go, …) until
// those move to verify/start.

// TextFile is a file that was read.
type TextFile struct {
	Path string
	Data []byte
}

// Place is a position in a unit or an environment file.
type Place struct {
	Path         string
	Line, Column int
	Arg          int
	Through      string
	Owner        string
}

func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Column) }

// Argument is one argument of a command line.
type Argument struct {
	Text  string
	Place Place
}

// Problem is something in a unit with which it does not start.
type Problem struct {
	Code       source.Code
	Fatal      bool
	Pos        Place
	Text, Hint string
}

func (p Place) position() source.Position {
	return source.Position{Kind: source.Flag, Path: p.Path, Line: p.Line, Column: p.Column, Arg: p.Arg, Via: p.Through, Owner: p.Owner}
}

// Source returns the problem in the vocabulary that all packages share.
func (p Problem) Source() source.Problem {
	at := p.Pos.position()
	at.Arg = 0
	return source.Problem{Code: p.Code, Effect: source.Fatal, At: at, Message: p.Text, Hint: p.Hint}
}
