package logscan

import (
	"testing"

	"github.com/plegctl/plegctl/verify/known"
)

func TestListedGates(t *testing.T) {
	v := known.V
	for _, c := range []struct {
		text    string
		version known.Version
		want    GateValue
	}{
		{`&{map[EventedPLEG:true]}`, v(1, 27, 9), GateOn},
		{`{map[EventedPLEG:true]}`, v(1, 30, 0), GateOn},
		{`{map[EventedPLEG:false]}`, v(1, 34, 4), GateOff},
		{`{map[AnotherGate:true EventedPLEG:true ZGate:false]}`, v(1, 34, 4), GateOn},
		{`{map[MyEventedPLEG:true]}`, v(1, 34, 4), GateOff},
		{`{map[EventedPLEGX:true]}`, v(1, 34, 4), GateOff},
		{`{map[]}`, v(1, 34, 4), GateOff},
		{`{map[]}`, known.Version{}, GateOff},
		{`{"EventedPLEG":true}`, v(1, 36, 3), GateOn},
		{`{"A":true,"EventedPLEG":false,"Z":true}`, v(1, 37, 2), GateOff},
		{`{"A": true, "EventedPLEG": true}`, v(1, 37, 2), GateOn},
		{`{}`, v(1, 37, 2), GateOff},
		{`{}`, v(1, 99, 0), GateUnknown},
		{`A=true,EventedPLEG=true`, v(1, 26, 0), GateOn},
		{`EventedPLEG=false,A=true`, v(1, 26, 0), GateOff},
		{"A: true\nEventedPLEG: true\n", v(1, 37, 0), GateOn},
		{`{map[AllAlpha:true]}`, v(1, 36, 3), GateOn},
		{`{map[AllAlpha:true]}`, v(1, 27, 3), GateOff},
		{`{map[AllBeta:true]}`, v(1, 27, 3), GateOn},
		{`{map[AllBeta:true]}`, v(1, 27, 10), GateOff},
		{`{map[AllBeta:true]}`, known.Version{}, GateUnknown},
		{`{map[AllAlpha:true EventedPLEG:false]}`, v(1, 36, 3), GateOff},
		{`{map[]}`, v(1, 25, 16), GateOff},
		{`EventedPLEG:tr`, v(1, 36, 3), GateUnknown},
	} {
		if got, how := listedGates(c.text).of(c.version); got != c.want {
			t.Errorf("%s in %s: %v (%s), want %v", c.text, c.version, got, how, c.want)
		}
	}
}
