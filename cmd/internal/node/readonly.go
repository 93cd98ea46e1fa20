package node

import (
	"context"
	"errors"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// ErrReadOnly is returned by the units of a host that was handed to a command that only looks.
var ErrReadOnly = errors.New("this command does not change the node")

// ReadOnly is the same host for a command that only looks: its units can be read and not
// changed, whatever the command does.
func (h *Host) ReadOnly() *Host {
	looking := *h
	if h.Units != nil {
		looking.Units = readOnlyUnits{h.Units}
	}
	return &looking
}

type readOnlyUnits struct{ Units }

func (readOnlyUnits) Do(context.Context, systemd.Verb, string) (systemd.Unit, error) {
	return systemd.Unit{}, ErrReadOnly
}

func (readOnlyUnits) Reload(context.Context) error { return ErrReadOnly }
