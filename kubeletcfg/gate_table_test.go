package kubeletcfg

import (
	"slices"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
)

// The table, made from the source of the kubelet, and the table of verify/known, made by
// reading it, must tell the same of our gate.
func TestGateTableAgreesWithKnown(t *testing.T) {
	_, rest, _ := strings.Cut(gatesText, "\nversions ")
	line, _, _ := strings.Cut(rest, "\n")
	for _, name := range strings.Fields(line) {
		v, err := known.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		at := strings.Index(gatesText, " EventedPLEG\n")
		row := gatesText[strings.LastIndexByte(gatesText[:at], '\n')+1 : at]
		letter, sure := gatesAt(v).letter(row)
		want := map[known.Stage]byte{known.StageAlpha: 'a', known.StageBeta: 'b'}[known.KubeletAt(v).Stage]
		if letter != want || !sure {
			t.Errorf("%s: %c, sure %v; known says %s", name, letter, sure, known.KubeletAt(v).Stage)
		}
	}
}

func TestGateTable(t *testing.T) {
	for _, c := range []struct {
		version, gate string
		want          gateSpec
	}{
		{"1.37.2", "PLEGOnDemandRelist", gateSpec{known: true, exists: true, sure: true, on: true, locked: true}},
		{"1.36.2", "PLEGOnDemandRelist", gateSpec{known: true, exists: true, sure: true, on: true, beta: true}},
		{"1.35.3", "PLEGOnDemandRelist", gateSpec{known: true, sure: true}},
		{"1.37.2", "RuntimeClassInImageCriApi", gateSpec{known: true, exists: true, sure: true, alpha: true}},
		{"1.37.7", "AllAlpha", gateSpec{known: true, exists: true, alpha: true}},
		{"1.37.0-rc.1", "AllBeta", gateSpec{known: true, exists: true, beta: true}},
		{"1.27.3", "ControllerManagerReleaseLeaderElectionLockOnExit", gateSpec{}},
		{"1.25.0", "AllAlpha", gateSpec{}},
		{"1.25.0", "EventedPLEG", gateSpec{known: true, sure: true}},
		{"1.60.0", "EventedPLEG", gateSpec{exists: true, alpha: true}},
		{"1.30.3", "no such\nthing", gateSpec{known: true, sure: true}},
		{"1.36.3", "EventedPLEG>PLEGOnDemandRelist", gateSpec{known: true, sure: true}},
	} {
		v, err := known.Parse(c.version)
		if err != nil {
			t.Fatal(err)
		}
		if got := gatesAt(v).spec(c.gate); got != c.want {
			t.Errorf("%s %s: %+v, want %+v", c.version, c.gate, got, c.want)
		}
	}
	if got := gatesAt(known.Version{}).spec("EventedPLEG"); got != (gateSpec{known: true, exists: true, alpha: true, beta: true}) {
		t.Errorf("no version: %+v", got)
	}
}

// Whoever adds a version must give each row a letter for it.
func TestGateTableIsWhole(t *testing.T) {
	columns := 0
	var names []string
	for line := range strings.Lines(gatesText) {
		row, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case strings.HasPrefix(line, "#"):
		case row == "versions":
			columns = len(strings.Fields(name))
		default:
			if len(row) != columns || strings.Trim(row, ".?aAbBgGdDpzZcClLeEx") != "" {
				t.Errorf("row %q", line)
			}
			names = append(names, name)
		}
	}
	if columns != 25 || len(names) < 400 || !slices.IsSorted(names) {
		t.Errorf("%d versions, %d rows, sorted %v", columns, len(names), slices.IsSorted(names))
	}
}
