package plan

import (
	"errors"

	"github.com/plegctl/plegctl/verify"
)

var errNotYet = errors.New("not yet")

func gateDropIn() ([]byte, error)                       { return nil, errNotYet }
func setGate(f verify.File, on bool) ([]byte, error)    { return nil, errNotYet }
func (m *maker) gateAfter(steps []Step) (bool, error)   { return false, errNotYet }
func setEvents(f verify.File, on bool) ([]byte, error)  { return nil, errNotYet }
func eventsDropIn() []byte                              { return nil }
func (m *maker) eventsAfter(steps []Step) (bool, error) { return false, errNotYet }
