package kubeletcfg

import (
	"bytes"
	"strings"
	"testing"
)

const head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"

func TestDropInNullIsNotUnwiped(t *testing.T) {
	for _, src := range []string{head + "featureGates: null\n", head + "featureGates:\n"} {
		edit, err := ConfigDropIn.SetGate([]byte(src), "EventedPLEG", true)
		if err == nil {
			t.Fatalf("edited to %q", edit.After)
		}
		checkRefusal(t, []byte(src), err)
		if _, err := SetGate([]byte(src), "EventedPLEG", true); err != nil {
			t.Errorf("as --config file: %v", err)
		}
	}
}

func TestDropInIsNeverLeftWithNull(t *testing.T) {
	src := []byte(head + "featureGates: # mine\n  EventedPLEG: true\n")
	edit, err := ConfigDropIn.RemoveGate(src, "EventedPLEG")
	if err != nil {
		t.Fatal(err)
	}
	if want := head + "featureGates: {} # mine\n"; string(edit.After) != want {
		t.Errorf("got %q, want %q", edit.After, want)
	}
}

func TestDropInSetAndRemoved(t *testing.T) {
	for _, src := range []string{head, head + "featureGates: {}\n", head + "featureGates:\n  A: null\n", head + "port: 1"} {
		edit, err := ConfigDropIn.SetGate([]byte(src), "EventedPLEG", true)
		if err != nil {
			t.Fatal(err)
		}
		checkRoundTrip(t, ConfigDropIn, []byte(src), edit)
	}
}

func TestKubeadmFileIsEditedInItsDocument(t *testing.T) {
	first := "# kubeadm\napiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n"
	src := []byte(first + "---\n" + head + "# end\n---\nkind: KubeProxyConfiguration\nfeatureGates: {EventedPLEG: false}\n")
	if _, err := SetGate(src, "EventedPLEG", true); err == nil || !strings.Contains(err.Error(), "document 2 (line 5)") {
		t.Errorf("as --config file: %v", err)
	}
	edit, err := KubeadmFile.SetGate(src, "EventedPLEG", true)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(string(src), "Configuration\n# end", "Configuration\nfeatureGates:\n  EventedPLEG: true\n# end", 1)
	if string(edit.After) != want || edit.Line != 7 || !bytes.Equal(edit.Before, src) {
		t.Errorf("line %d, got\n%s", edit.Line, edit.After)
	}
	checkRoundTrip(t, KubeadmFile, src, edit)
}

func TestKubeadmFileRefusals(t *testing.T) {
	for _, src := range []string{
		"kind: InitConfiguration\n",
		head + "---\n" + head,
		"kind: A\n---\nkind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1\n",
		"\xff",
		"",
	} {
		_, err := KubeadmFile.SetGate([]byte(src), "EventedPLEG", true)
		if err == nil {
			t.Fatalf("%q edited", src)
		}
		checkRefusal(t, []byte(src), err)
	}
	_, err := KubeadmFile.SetGate([]byte("kind: A\n---\nkind: KubeletConfiguration\napiVersion: x\n"), "EventedPLEG", true)
	if !strings.HasPrefix(err.Error(), "4:13: ") {
		t.Errorf("position in the whole file: %v", err)
	}
}

func TestGateNames(t *testing.T) {
	for _, gate := range []string{"", "1A", "A: true\nB", "A B", "Ä", "A\"", "EventedPLEG "} {
		if _, err := SetGate([]byte(head), gate, true); err == nil {
			t.Errorf("%q was taken", gate)
		}
	}
}
