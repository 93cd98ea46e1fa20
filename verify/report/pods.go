package report

import (
	"fmt"
	"strings"
)

// Pods is how the pods were found after a change, compared with before its first restart.
type Pods struct {
	// AsBefore is how many pods have the same sandbox and the same containers as before.
	AsBefore int `json:"asBefore"`
	// Twice are pods and containers that run more than once since.
	Twice []string `json:"twice,omitempty"`
	// Restarted are pod sandboxes and containers that were made anew.
	Restarted []string `json:"restarted,omitempty"`
	// Meanwhile is what others did: pods that ended or started, containers that ended by
	// themselves.
	Meanwhile []string `json:"meanwhile,omitempty"`
	// Unknown is why the pods could not be compared.
	Unknown string `json:"unknown,omitempty"`
}

// Harm says what the change did to pods; "" where nothing is known.
func (p Pods) Harm() string {
	var harm []string
	if len(p.Twice) > 0 {
		harm = append(harm, "running twice: "+strings.Join(p.Twice, ", "))
	}
	if len(p.Restarted) > 0 {
		harm = append(harm, "restarted: "+strings.Join(p.Restarted, ", "))
	}
	return strings.Join(harm, "; ")
}

// String is one line: "14 pods as before, none restarted".
func (p Pods) String() string {
	harm := p.Harm()
	line := count(p.AsBefore, "pod") + " as before"
	switch {
	case p.Unknown != "":
		return "pods could not be compared: " + p.Unknown
	case harm != "":
		return line + "; " + harm
	case p.AsBefore+len(p.Meanwhile) == 0:
		return "no pods were running"
	case len(p.Meanwhile) > 0:
		return fmt.Sprintf("%s, none restarted by the change; meanwhile: %s", line, strings.Join(p.Meanwhile, ", "))
	}
	return line + ", none restarted"
}
