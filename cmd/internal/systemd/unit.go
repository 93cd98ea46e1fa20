package systemd

import "github.com/plegctl/plegctl/verify"

// Unit is a systemd unit at one moment; it is a fact as it is.
type Unit = verify.Unit

// Verb is what is done to a unit.
type Verb string

// The verbs. Start does nothing to a unit that is up.
const (
	Start   Verb = "start"
	Stop    Verb = "stop"
	Restart Verb = "restart"
)
