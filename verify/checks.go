package verify

// Checks lists every check of `preflight`, in the order of a report.
func Checks() []Check {
	var all []Check
	for _, group := range [][]Check{kubeletChecks(), kubeletConfigChecks(), runtimeChecks(), runtimeConfigChecks(), restartChecks(), nodeChecks(), machineChecks(), ownChecks()} {
		all = append(all, group...)
	}
	return all
}
