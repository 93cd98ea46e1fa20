package known

import (
	"cmp"
	"fmt"
	"strings"

	utilversion "k8s.io/apimachinery/pkg/util/version"
)

// Version is a kubelet or runtime version. The zero Version means "not known".
type Version struct {
	Major, Minor, Patch uint
	// Pre is the pre-release part ("rc.5"), empty for a release. Distribution
	// suffixes ("0ubuntu1~22.04.1", "k3s1") are no pre-release and are only in Raw.
	Pre string
	// Raw is the version as it was read, for reports.
	Raw string
}

// V is the release major.minor.patch.
func V(major, minor, patch uint) Version {
	return Version{Major: major, Minor: minor, Patch: patch, Raw: fmt.Sprintf("%d.%d.%d", major, minor, patch)}
}

// Parse reads a version as kubelets and runtimes print it: "v1.36.3",
// "Kubernetes v1.37.2", "1.7.27-0ubuntu1~22.04.1", "v2.1.5-k3s1", "2.0.0-rc.5".
// A missing patch counts as 0.
func Parse(s string) (Version, error) {
	raw := strings.TrimSpace(s)
	text := strings.TrimPrefix(raw, "Kubernetes ")
	parsed, err := utilversion.ParseGeneric(text)
	if err != nil {
		return Version{}, fmt.Errorf("parse version %q: %w", raw, err)
	}
	return Version{
		Major: parsed.Major(), Minor: parsed.Minor(), Patch: parsed.Patch(),
		Pre: preRelease(text), Raw: strings.TrimPrefix(text, "v"),
	}, nil
}

// preRelease finds alpha, beta and rc marks, also as Debian writes them ("2.0.0~rc.5-1"); all other
// suffixes are a distribution's own.
func preRelease(text string) string {
	i := strings.IndexAny(text, "-~")
	if i < 0 {
		return ""
	}
	suffix := text[i+1:]
	if end := strings.IndexAny(suffix, "-~+"); end >= 0 {
		suffix = suffix[:end]
	}
	for _, mark := range []string{"alpha", "beta", "rc"} {
		if strings.HasPrefix(suffix, mark) {
			return suffix
		}
	}
	return ""
}

// IsZero reports whether the version is not known.
func (v Version) IsZero() bool { return v.Major == 0 && v.Minor == 0 && v.Patch == 0 && v.Raw == "" }

// Compare orders versions; a pre-release comes before its release.
func (v Version) Compare(w Version) int {
	if c := cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch)); c != 0 {
		return c
	}
	switch {
	case v.Pre == w.Pre:
		return 0
	case v.Pre == "":
		return 1
	case w.Pre == "":
		return -1
	}
	return comparePre(v.Pre, w.Pre)
}

// comparePre orders "rc.10" after "rc.5": numbers by value, words by text.
func comparePre(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		if len(as[i]) != len(bs[i]) && isNumber(as[i]) && isNumber(bs[i]) {
			return cmp.Compare(len(as[i]), len(bs[i]))
		}
		if c := cmp.Compare(as[i], bs[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(as), len(bs))
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Less reports whether v comes before w.
func (v Version) Less(w Version) bool { return v.Compare(w) < 0 }

// AtLeast reports whether v is w or later.
func (v Version) AtLeast(w Version) bool { return v.Compare(w) >= 0 }

// MinorLess reports whether v belongs to an earlier minor release than major.minor.
// A pre-release of a minor belongs to that minor.
func (v Version) MinorLess(major, minor uint) bool {
	return v.Major < major || v.Major == major && v.Minor < minor
}

// String is the raw text where there is one, else the numbers; "unknown" for the zero Version.
func (v Version) String() string {
	if v.IsZero() {
		return "unknown"
	}
	if v.Raw != "" {
		return v.Raw
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}
