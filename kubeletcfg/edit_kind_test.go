package kubeletcfg

import (
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/source"
)

const head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"

func TestDropInNullIsNotUnwiped(t *testing.T) {
	for _, src := range []string{head + "featureGates: null\n", head + "featureGates:\n"} {
		edit, err := setGate([]byte(src), source.DropIn, true)
		if err == nil {
			t.Fatalf("edited to %q", edit.After)
		}
		checkRefusal(t, []byte(src), err)
		if _, err := setGate([]byte(src), source.ConfigFile, true); err != nil {
			t.Errorf("as --config file: %v", err)
		}
	}
}

func TestDropInIsNeverLeftWithNull(t *testing.T) {
	src := []byte(head + "featureGates: # mine\n  EventedPLEG: true\n")
	edit, err := removeGate(src, source.DropIn)
	if err != nil {
		t.Fatal(err)
	}
	if want := head + "featureGates: {} # mine\n"; string(edit.After) != want {
		t.Errorf("got %q, want %q", edit.After, want)
	}
}

func TestDropInSetAndRemoved(t *testing.T) {
	for _, src := range []string{head, head + "featureGates: {}\n", head + "featureGates:\n  A: null\n", head + "port: 1"} {
		edit, err := setGate([]byte(src), source.DropIn, true)
		if err != nil {
			t.Fatal(err)
		}
		checkRoundTrip(t, source.DropIn, []byte(src), edit)
	}
}

// A file for kubeadm has the KubeletConfiguration in a later document: the kubelet does not
// read it, and the error says where it is.
func TestFileForKubeadmIsNotEdited(t *testing.T) {
	src := "kind: InitConfiguration\napiVersion: kubeadm.k8s.io/v1beta4\n---\n" + head
	if _, err := setGate([]byte(src), source.ConfigFile, true); err == nil || !strings.Contains(err.Error(), "document 2 (line 4)") {
		t.Errorf("%v", err)
	}
}

func TestGateNames(t *testing.T) {
	for _, gate := range []string{"", "1A", "A: true\nB", "A B", "Ä", "A\"", "EventedPLEG "} {
		if _, err := testEditor().SetGate(source.File{Data: []byte(head)}, source.ConfigFile, gate, true); err == nil {
			t.Errorf("%q was taken", gate)
		}
	}
}
