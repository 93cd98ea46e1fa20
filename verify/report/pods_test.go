package report

import "testing"

func TestPodsInOneLine(t *testing.T) {
	for want, p := range map[string]Pods{
		"14 pods as before, none restarted":                                                             {AsBefore: 14},
		"1 pod as before, none restarted by the change; meanwhile: default/job ended":                   {AsBefore: 1, Meanwhile: []string{"default/job ended"}},
		"13 pods as before; running twice: default/web (sandboxes a, b); restarted: container c in d/e": {AsBefore: 13, Twice: []string{"default/web (sandboxes a, b)"}, Restarted: []string{"container c in d/e"}},
		"no pods were running":                       {},
		"pods could not be compared: no such socket": {Unknown: "no such socket"},
	} {
		if got := p.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
