package journal

import (
	"context"
	"errors"

	"github.com/plegctl/plegctl/logscan"
)

// System reads the journal through journalctl.
type System struct {
	// Root is the folder of an image whose journal is read; "" or "/" is this host.
	Root string
	// Directory, where it is not "", holds the journal files themselves.
	Directory string
}

// NewSystem reads the journal of this host, or of the image below root.
func NewSystem(root string) *System { return &System{Root: root} }

var errNotYet = errors.New("reading the journal is not built yet")

// Read hands the entries that q chooses to fn, oldest first. The bytes of an entry are
// valid only during the call. An error of fn ends the reading and is returned as it is.
func (s *System) Read(ctx context.Context, q Query, fn func(logscan.Entry) error) error {
	return errNotYet
}
