package journal

import (
	"io"

	"github.com/plegctl/plegctl/logscan"
)

// DecodeExport reads entries in the journal export format and hands each to fn; see
// [logscan.DecodeExport].
func DecodeExport(r io.Reader, fn func(logscan.Entry) error) error {
	return logscan.DecodeExport(r, fn)
}
