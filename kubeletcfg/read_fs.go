package kubeletcfg

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// ReadFS reads the configuration of a kubelet that cmd starts: its flags, the file of
// --config and the drop-ins below --config-dir. fsys is the root directory of the node.
// Symlinks are recognised only where fsys is an [fs.ReadLinkFS].
func ReadFS(fsys fs.FS, version known.Version, cmd start.Command) *Config {
	return Read(InputsFS(fsys, version, cmd))
}

// InputsFS reads the files that [ReadFS] reads, for callers that need the files too.
func InputsFS(fsys fs.FS, version known.Version, cmd start.Command) Inputs {
	in, flags := Inputs{Version: version, Command: cmd}, CommandLineOf(cmd)
	if f, ok := flags.Last("config"); ok && f.Value != "" && f.Unknown == "" {
		file := source.File{Path: f.Value, Err: errOtherFiles}
		if name, ok := cmd.HostPath(f.Value); ok {
			file = source.ReadFile(fsys, name)
		}
		in.Config = &file
	}
	if f, ok := flags.Last("config-dir"); ok && f.Value != "" && f.Unknown == "" {
		in.DropIns = &DropInDir{Path: f.Value, Err: errOtherFiles}
		if name, ok := cmd.HostPath(f.Value); ok {
			in.DropIns = readDropInDir(fsys, path.Clean(name), strings.HasSuffix(f.Value, "/"))
		}
	}
	return in
}

var (
	errOtherFiles = errors.New("the kubelet does not see the files of the node there")
	errTooMany    = errors.New("too many files")
)

// readDropInDir reads a directory as the kubelet does: it walks all below, does not follow
// links to directories, and not the directory itself where that is a link, unless slash
// says that a slash is written at its end.
func readDropInDir(fsys fs.FS, dir string, slash bool) *DropInDir {
	const maxNames = 10_000
	found := &DropInDir{Path: dir}
	info, err := fs.Lstat(fsys, source.InFS(dir))
	if err != nil {
		found.Err = err
		return found
	}
	if found.Link = !info.IsDir() && !slash; found.Link {
		return found
	}
	var names []string
	found.Err = fs.WalkDir(fsys, source.InFS(dir), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || name == source.InFS(dir) {
			return err
		}
		if names = append(names, strings.TrimPrefix("/"+name, strings.TrimSuffix(dir, "/")+"/")); len(names) > maxNames {
			return fmt.Errorf("read %s: %w", dir, errTooMany)
		}
		return nil
	})
	read, skipped := DropInOrder(names)
	for _, name := range read {
		found.Files = append(found.Files, source.ReadFile(fsys, path.Join(dir, name)))
	}
	for _, name := range skipped {
		found.Skipped = append(found.Skipped, source.ReadFile(fsys, path.Join(dir, name)))
	}
	return found
}
