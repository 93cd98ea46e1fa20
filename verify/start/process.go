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
// program are taken off; fsys is the node's root directory, for a program that reads its
// arguments from files.
func Process(fsys fs.FS, r Running, programs ...string) Command {
	cmd := Command{Unit: r.Owner, Directory: r.Directory}
	p := &peeler{files: files{fsys}, programs: programs, what: r.Owner, env: newEnvironment(), cmd: &cmd}
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
