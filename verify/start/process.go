package start

import (
	"io/fs"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// Running is a process as the kernel shows it.
type Running struct {
	// Owner names it for people: "process 812".
	Owner     string
	Args, Env []string
	Directory string
}

// Process returns the command of a running process. Starters before the daemon's own
// program are taken off; files are those of the node, for a program that reads its
// arguments from files, and may be nil.
func Process(files Files, r Running, programs ...string) Command {
	if files == nil {
		files = noFiles{}
	}
	cmd := Command{Unit: r.Owner, Directory: r.Directory}
	p := &peeler{files: files, programs: programs, what: r.Owner, env: newEnvironment(), cmd: &cmd}
	for _, assignment := range r.Env {
		if name, value, ok := strings.Cut(assignment, "="); ok {
			p.env.set(variable{name, text{bytes: []byte(value)}, source.Position{Kind: source.Environment, Owner: r.Owner}})
		}
	}
	words := make([]word, len(r.Args))
	for i, arg := range r.Args {
		words[i] = word{text: text{bytes: []byte(arg), at: make([]int, len(arg))}, arg: i}
	}
	p.peel(words)
	p.env.list(&cmd)
	return cmd
}

// noFiles is a node without a file.
type noFiles struct{}

func (noFiles) Read(path string) source.File             { return source.File{Path: path, Err: fs.ErrNotExist} }
func (noFiles) Head(string, int) ([]byte, error)         { return nil, fs.ErrNotExist }
func (noFiles) List(string) []string                     { return nil }
func (noFiles) Link(string) (target string, isLink bool) { return "", false }
