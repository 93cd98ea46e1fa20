package runtimecfg

import (
	"path"

	"github.com/plegctl/plegctl/verify/known"
)

// Question returns the arguments with which the runtime's own program prints its
// configuration, and fails where it does not accept it. dir is a directory with a copy of
// the files under their own paths, "" for the files of the node.
func Question(runtime known.RuntimeName, in Inputs, dir string) []string {
	paths := PathsOf(runtime, in)
	var args []string
	_, exists := fileAt(in.Files, paths.Config)
	if dir != "" && exists || paths.ConfigAt.Kind.Overrides() {
		args = append(args, "--config", path.Join(dir, paths.Config))
	}
	if runtime != known.CRIO {
		return append(args, "config", "dump")
	}
	if dir != "" || paths.DropInDir != infoOf(runtime).DropInDir {
		args = append(args, "--config-dir", path.Join(dir, paths.DropInDir))
	}
	return append(args, "config")
}

// Reaches reports whether the runtime's program finds the copy of a file where it is given a
// copy of the tree: containerd follows the absolute paths of its imports to the node's own.
func Reaches(runtime known.RuntimeName, in Inputs, name string) bool {
	paths := PathsOf(runtime, in)
	return name == paths.Config || paths.DropInDir != ""
}
