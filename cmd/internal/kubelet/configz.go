package kubelet

import (
	"encoding/json"
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
)

// GateInConfigz is the value of EventedPLEG in an answer of /configz: the merge of file,
// drop-ins and flags that the running kubelet has. A gate that nobody set is not listed
// there and has its default: off in every version that knows it, or what AllAlpha or
// AllBeta says for its stage (component-base/featuregate, setUnsetAlphaGates).
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
	if stage == known.StageBeta {
		return answer.Config.Gates["AllBeta"], nil
	}
	return answer.Config.Gates["AllAlpha"], nil
}
