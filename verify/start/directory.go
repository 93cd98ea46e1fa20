package start

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// directory returns the working directory of the process, and where it sees another root.
func (u *unit) directory() string {
	for _, name := range otherFiles() {
		if o, ok := u.last(name); ok && path.Clean(o.value.String()) != "/" {
			what := "the program sees other files under the same names"
			if strings.HasPrefix(name, "Root") {
				what = "the program and its files are in another root directory"
			}
			u.limited(o.value, fmt.Sprintf("%s=%s: %s", name, o.value, what))
		}
	}
	o, ok := u.last("WorkingDirectory")
	if !ok {
		return "/"
	}
	written, optional := strings.CutPrefix(o.value.String(), "-")
	if written == "~" {
		return u.home()
	}
	resolved, problem := u.resolveDirectory(o.value)
	dir := strings.TrimPrefix(resolved.String(), "-")
	switch {
	case resolved.unknown != "":
		u.limited(o.value, "WorkingDirectory="+written+": "+resolved.unknown)
		return "/"
	case problem != "" && optional:
		u.ignored(o.value, problem+", ignoring")
		return "/"
	case problem != "":
		u.refuse(o, problem)
		return "/"
	case optional && !u.files.isDir(dir):
		return "/"
	case !u.image && !u.files.isDir(dir):
		u.report(source.Problem{
			Code: CodeDirectoryMissing, Effect: source.Fatal, At: o.value.position(source.ConfigFile),
			Message: fmt.Sprintf("the working directory %s does not exist, so systemd does not start the unit (200/CHDIR)", dir),
		})
	}
	return path.Clean(dir)
}

// otherFiles are the settings with which a program sees other files under the same names.
func otherFiles() []string {
	return []string{
		"RootDirectory", "RootImage", "BindPaths", "BindReadOnlyPaths", "TemporaryFileSystem", "MountImages", "ExtensionImages",
		"ExtensionDirectories",
	}
}

// hidden returns the directories that the program does not see, or sees empty.
func (u *unit) hidden() (dirs []string) {
	if isTrue(u.value("PrivateTmp")) {
		dirs = append(dirs, "/tmp", "/var/tmp")
	}
	if home := u.value("ProtectHome"); isTrue(home) || home == "tmpfs" {
		dirs = append(dirs, "/root", "/home")
	}
	for _, line := range u.all("InaccessiblePaths") {
		for name := range strings.FieldsSeq(line.String()) {
			dirs = append(dirs, path.Clean(strings.TrimLeft(name, "-+")))
		}
	}
	return dirs
}

// home returns the home directory of the unit's user.
func (u *unit) home() string {
	user := u.value("User")
	if user == "" || user == "root" || user == "0" {
		return "/root"
	}
	return cmp.Or(u.files.passwd(user, 5), "/")
}

// resolveDirectory returns the path of WorkingDirectory=, or why systemd does not take it.
func (u *unit) resolveDirectory(value text) (dir text, problem string) {
	dir, err := u.specifiers.resolve(value)
	switch {
	case err != nil:
		return dir, err.Error()
	case len(dir.bytes) == 0 || dir.unknown != "" || dir.String() == "~":
	case !path.IsAbs(strings.TrimPrefix(dir.String(), "-")) && dir.String() != "-~":
		return dir, "WorkingDirectory= path is not absolute: " + value.String()
	}
	return dir, ""
}
