package verify

import "strings"

// Checks lists every check of `preflight`, in the order of a report.
func Checks() []Check {
	var all []Check
	for _, group := range [][]Check{kubeletChecks(), kubeletConfigChecks(), runtimeChecks(), runtimeConfigChecks(), restartChecks(), nodeChecks(), machineChecks(), ownChecks()} {
		all = append(all, group...)
	}
	return all
}

// SameReason reports whether two texts give one reason, whatever they say it keeps from an
// answer: "the gate could not be read: permission denied" and "permission denied".
func SameReason(a, b string) bool {
	return a == b || strings.HasSuffix(a, ": "+b) || strings.HasSuffix(b, ": "+a)
}
