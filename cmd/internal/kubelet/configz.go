package kubelet

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
)

// GateInConfigz is the value of EventedPLEG in an answer of /configz: the merge of file,
// drop-ins and flags that the running kubelet has. A gate that nobody set is not listed
// there and has its default: off in every version that knows it, or what AllAlpha or
// AllBeta says for its stage (component-base/featuregate, setUnsetAlphaGates). stage is "" where
// it is not known.
func GateInConfigz(body []byte, stage known.Stage) (bool, error) {
	var answer struct {
		Config *struct {
			Gates map[string]bool `json:"featureGates"`
		} `json:"kubeletconfig"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return false, fmt.Errorf("parse the kubelet's /configz: %w", err)
	}
	if answer.Config == nil {
		return false, fmt.Errorf("parse the kubelet's /configz: no kubeletconfig in the answer")
	}
	if on, set := answer.Config.Gates[known.Gate]; set {
		return on, nil
	}
	alpha, beta := answer.Config.Gates["AllAlpha"], answer.Config.Gates["AllBeta"]
	switch {
	case stage == known.StageBeta:
		return beta, nil
	case stage == known.StageAlpha, alpha == beta:
		return alpha, nil
	}
	return false, errors.New("the kubelet's /configz does not name the gate, and whether AllAlpha or AllBeta decides is not known")
}
