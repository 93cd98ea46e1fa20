package start

import "github.com/plegctl/plegctl/verify/source"

// Command is how a daemon is started.
type Command struct {
	// Unit is what starts the daemon: "kubelet.service", "/etc/init.d/kubelet", "process 812".
	Unit string
	// Program is the program's path, or a bare name that was not found in the search path.
	// It is empty where the program is not known.
	Program string
	// Args are the arguments of the daemon itself, the program's name first. Starters such
	// as "env" or "podman run" are taken off.
	Args []Word
	// Env is the environment as far as the unit sets it, one entry a name.
	Env []Variable
	// otherVariables says why variables that are not in Env may have a value.
	otherVariables string
	// Platform is the distribution whose program holds the daemon ("k3s"); empty for none.
	Platform string
	// Directory is the working directory, where relative paths start.
	Directory string
	// Mounts are the directories of the node that the daemon sees elsewhere; Contained
	// reports whether it sees nothing else of the node (a container).
	Mounts    []Mount
	Contained bool
	// hidden are directories that the daemon does not see as they are on the node.
	hidden []string
	// Files are the unit's files and the argument files, in the order in which they were
	// read; also those that do not exist and would count if they did.
	Files []source.File
	// Unread are files that look as if they had a part in it, and have none.
	Unread []Unread
	// Problems are what the service manager refuses (fatal) or ignores.
	Problems []source.Problem
	// Limit is where the knowledge ends; nil where the whole command is known.
	Limit *Limit
}

// Word is one argument.
type Word struct {
	Text string
	// At is where the word is written; its Via says through which variable it comes.
	At source.Position
	// Unknown says why a part of Text cannot be known from files: it is then as written
	// ("--hostname-override=%H"). It is empty for a word that is known.
	Unknown string
}

// Variable is one environment variable.
type Variable struct {
	Name, Value string
	At          source.Position
	// Unknown says why Value cannot be known from files.
	Unknown string
}

// Limit says where the knowledge of a command ends, and why: further arguments may exist.
type Limit struct {
	Reason string
	// Hint is one thing to do about it; it may be empty.
	Hint string
	At   source.Position
}

// Mount is a directory or file of the node, and where the daemon sees it.
type Mount struct{ Host, Inside string }

// Known reports whether the whole command is known.
func (c Command) Known() bool { return c.Limit == nil && len(c.Args) > 0 }

// Exists reports whether the unit exists, whatever it starts.
func (c Command) Exists() bool { return len(c.Files) > 0 }

// Texts returns the arguments without their places.
func (c Command) Texts() []string {
	texts := make([]string, len(c.Args))
	for i, word := range c.Args {
		texts[i] = word.Text
	}
	return texts
}

// Variable returns a variable of the environment; one that may or may not be set has an
// Unknown.
func (c Command) Variable(name string) (Variable, bool) {
	for _, v := range c.Env {
		if v.Name == name {
			return v, true
		}
	}
	return Variable{Name: name, Unknown: c.otherVariables}, c.otherVariables != ""
}
