package node

import (
	"strings"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
)

const dpkgStatus = "/var/lib/dpkg/status"

// installed is the version of the first of the packages that is installed in an image, by
// dpkg's status file. (rpm's database is no text.) A running program counts more.
func (s *sight) installed(packages ...string) verify.Fact[known.Version] {
	data, err := s.host.Root.ReadFile(dpkgStatus)
	if err != nil {
		return unseen[known.Version](err)
	}
	for _, name := range packages {
		if text, ok := dpkgVersion(string(data), name); ok {
			v, err := known.Parse(text)
			if err != nil {
				return unseen[known.Version](err)
			}
			return verify.Seen(v, dpkgStatus+", package "+name)
		}
	}
	return verify.Unseen[known.Version]("no package "+strings.Join(packages, " or ")+" is installed", "")
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
