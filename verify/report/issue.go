package report

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

// IssuePage is the page of a known issue, from the same table that checks use.
func IssuePage(i known.Issue) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s. Severity: %s.\n\n## What you would see\n\n%s.\n\n## What to do\n\n%s.\n", i.Code, capital(i.Title), SeverityName(i.Severity), capital(i.Symptom), capital(i.Advice))
	if i.Affected != "" {
		fmt.Fprintf(&b, "\n## What is affected\n\n%s.\n", capital(i.Affected))
	}
	if i.Risk != "" {
		fmt.Fprintf(&b, "\nThe only way past: `--accept-risk %s`, which goes into the record.\n", i.Risk)
	}
	fmt.Fprintf(&b, "\n## See\n\n")
	for _, ref := range i.Refs {
		fmt.Fprintf(&b, "- %s\n", ref)
	}
	return b.String()
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
