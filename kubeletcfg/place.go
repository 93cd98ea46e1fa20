package kubeletcfg

import "fmt"

// TextFile is a file that was read: its path, for messages, and its bytes.
type TextFile struct {
	Path string
	Data []byte
}

// Place is where something was said.
type Place struct {
	// Path is the file, empty for an argument of a running process and for a default.
	Path string
	// Line and Column count from 1; 0 where they are not known.
	Line, Column int
	// Arg is the number of the argument on a command line, the program being 0.
	Arg int
	// Through says how a flag that stands in Path comes onto the command line:
	// "$KUBELET_EXTRA_ARGS in /etc/systemd/.../10-kubeadm.conf:11".
	Through string
}

// IsZero tells that the place is not in any text: a default.
func (p Place) IsZero() bool { return p == Place{} }

// String is "path:line:column", "argument 3 of the command line" or "default".
func (p Place) String() string {
	switch {
	case p.Path != "" && p.Line > 0:
		return fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Column)
	case p.Path != "":
		return p.Path
	case p.Arg > 0:
		return fmt.Sprintf("argument %d of the command line", p.Arg)
	}
	return "default"
}
