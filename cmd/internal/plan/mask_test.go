package plan

import (
	"strings"
	"testing"
)

// TestNoFormatGivesACredentialAway: whatever the spelling, the diff hides the value and
// keeps what is not secret.
func TestNoFormatGivesACredentialAway(t *testing.T) {
	for name, c := range map[string]struct{ before, keep string }{
		"block":           {"staticPodURLHeader:\n  Authorization:\n  - Bearer s3cr3t\nmaxPods: 110\n", "maxPods: 110"},
		"flow":            {"staticPodURLHeader: {Authorization: [\"Bearer s3cr3t\"]}\nmaxPods: 110\n", "maxPods: 110"},
		"json in a line":  {`{"kind":"KubeletConfiguration","staticPodURLHeader":{"Authorization":["Bearer s3cr3t"]},"maxPods":110}`, "maxPods"},
		"escaped":         {`{"staticPodURLHeader":{"Authorization":["Bearer s3cr3t\u0022x"]},"maxPods":110}`, ""},
		"anchor":          {"x-header: &h\n- Bearer s3cr3t\nstaticPodURLHeader:\n  Authorization: *h\nmaxPods: 110\n", "maxPods: 110"},
		"folded":          {"staticPodURLHeader:\n  Authorization:\n  - >-\n    Bearer\n    s3cr3t\nmaxPods: 110\n", "maxPods: 110"},
		"quoted key":      {"\"staticPodURLHeader\": {\"X\": ['it''s s3cr3t']}\nmaxPods: 110\n", "maxPods: 110"},
		"other case":      {"staticpodurlheader: {X: [s3cr3t]}\nmaxPods: 110\n", "maxPods: 110"},
		"password of url": {"staticPodURL: https://user:s3cr3t@example.org/pods\nmaxPods: 110\n", "example.org/pods"},
		"cri-o":           {"[crio.runtime]\ndefault_env = [\"HTTPS_PROXY=http://u:s3cr3t@proxy\", \"A=b\"]\nlog_level = \"info\"\n", "log_level"},
		"containerd":      {"[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r\".auth]\npassword = \"s3cr3t\"\nsandbox = \"x\"\n", ""},
		"not a document":  {"staticPodURLHeader: {X: [s3cr3t\nmaxPods: 110\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			after := c.before + "# added\n"
			diff := Diff("/f", FileState{Exists: true, Data: []byte(c.before)}, FileState{Exists: true, Data: []byte(after)})
			if strings.Contains(diff, "s3cr3t") {
				t.Errorf("given away:\n%s", diff)
			}
			if !strings.Contains(diff, c.keep) {
				t.Errorf("%q is hidden too:\n%s", c.keep, diff)
			}
		})
	}
	if plain := "authorization:\n  mode: Webhook\nauthentication:\n  webhook: {enabled: true}\n"; mask(plain) != plain {
		t.Errorf("what is not secret is hidden: %s", mask(plain))
	}
}
