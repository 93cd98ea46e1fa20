package record

import (
	"strconv"
	"strings"

	"github.com/plegctl/plegctl/verify/report"
)

// Who tells who ran plegctl, also through sudo.
type Who = report.Who

// ParseLoginUID reads the text of /proc/self/loginuid; the kernel writes 4294967295 for
// a process that nobody logged in for.
func ParseLoginUID(text string) int {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
	if err != nil || n == 1<<32-1 {
		return -1
	}
	return int(n)
}
