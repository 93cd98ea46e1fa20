package kubeletcfg

import (
	"strconv"
	"strings"
)

// gatePair is one "name=value" of a --feature-gates flag.
type gatePair struct {
	name string
	on   bool
	err  string
}

// gatePairs reads the value of --feature-gates as the kubelet does (component-base
// cli/flag/map_string_bool.go): pairs between commas, blanks around names and values
// dropped, any spelling of a boolean that Go takes (1, t, TRUE, …).
func gatePairs(value string) []gatePair {
	var out []gatePair
	for pair := range strings.SplitSeq(value, ",") {
		if pair == "" {
			continue
		}
		name, text, ok := strings.Cut(pair, "=")
		p := gatePair{name: strings.TrimSpace(name)}
		on, err := strconv.ParseBool(strings.TrimSpace(text))
		switch {
		case !ok:
			p.err = "has no value"
		case err != nil:
			p.err = "is not true or false but " + strconv.Quote(text)
		}
		p.on = on
		out = append(out, p)
	}
	return out
}
