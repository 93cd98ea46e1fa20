package node

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/start"
)

const dpkgStatus = "/var/lib/dpkg/status"

// usualProgram is what a package of the projects installs, for an image without dpkg's
// lists of files.
func usualProgram(name string) string {
	for _, info := range known.Runtimes() {
		if slices.Contains(info.Packages, name) {
			name = info.Program
		}
	}
	return "/usr/bin/" + name
}

// packagedUnit returns the runtime whose packages install the unit.
func packagedUnit(unit string) (info known.RuntimeInfo, ok bool) {
	for _, info := range known.Runtimes() {
		if info.Units("")[0] == unit {
			return info, true
		}
	}
	return info, false
}

// installed returns the version of the package that owns the very program that a unit
// starts, by dpkg's files. flag is how the operator gives the version otherwise.
func (s *sight) installed(cmd start.Command, flag string, packages ...string) verify.Fact[known.Version] {
	hint := "set it with " + flag
	if info, ok := packagedUnit(cmd.Unit); ok && !cmd.Exists() {
		// A part of a tree: the package brings the unit, which starts its own program.
		cmd.Program = usualProgram(info.Program)
	}
	if cmd.Contained || !path.IsAbs(cmd.Program) {
		why := "it is not known which program is started"
		if cmd.Limit != nil {
			why += ": " + cmd.Limit.Reason
		}
		return verify.Unseen[known.Version](why, hint)
	}
	data, err := s.host.Root.ReadFile(dpkgStatus)
	if errors.Is(err, fs.ErrNotExist) {
		return verify.Unseen[known.Version]("there is no "+dpkgStatus+", which would tell the version of "+cmd.Program, hint)
	}
	if err != nil {
		return verify.Unseen[known.Version](fmt.Sprintf("the package of %s is not known: %v", cmd.Program, err), hint)
	}
	why := "no package " + strings.Join(packages, " or ") + " is installed"
	for _, name := range packages {
		text, ok := dpkgVersion(string(data), name)
		if !ok {
			continue
		}
		if !s.owns(name, cmd.Program) {
			why = fmt.Sprintf("%s starts %s; the package %s is another program", cmd.Unit, cmd.Program, name)
			continue
		}
		v, err := known.Parse(text)
		if err != nil {
			return unseen[known.Version](err)
		}
		return verify.Seen(v, dpkgStatus+", package "+name)
	}
	return verify.Unseen[known.Version](why, hint)
}

// owns reports whether a package installed the program.
func (s *sight) owns(name, program string) bool {
	list, err := s.host.Root.ReadFile("/var/lib/dpkg/info/" + name + ".list")
	if err != nil {
		return usualProgram(name) == program
	}
	for line := range strings.Lines(string(list)) {
		// With a merged /usr, /bin/x and /usr/bin/x are one file.
		if owned := strings.TrimSpace(line); owned == program || path.Join("/usr", owned) == program || owned == path.Join("/usr", program) {
			return true
		}
	}
	return false
}

// dpkgVersion reads the upstream version of an installed package: deb822 paragraphs, a
// version "[epoch:]upstream-revision" (deb-version(7)).
func dpkgVersion(status, name string) (string, bool) {
	for paragraph := range strings.SplitSeq(status, "\n\n") {
		fields := map[string]string{}
		for line := range strings.Lines(paragraph) {
			if key, value, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") {
				fields[key] = strings.TrimSpace(value)
			}
		}
		if fields["Package"] != name || !strings.HasSuffix(fields["Status"], " installed") {
			continue
		}
		version := fields["Version"]
		if _, rest, ok := strings.Cut(version, ":"); ok {
			version = rest
		}
		return version, version != ""
	}
	return "", false
}
