package runtimecfg

import (
	"strings"
	"testing"

	burnt "github.com/BurntSushi/toml"
	"github.com/plegctl/plegctl/verify/known"
)

// crioStruct has the shape of CRI-O's configuration where it matters here.
type crioStruct struct {
	Crio struct {
		Runtime struct {
			EnablePodEvents bool `toml:"enable_pod_events"`
		} `toml:"runtime"`
	} `toml:"crio"`
}

// crioReads is what CRI-O's own reader makes of one file.
func crioReads(src []byte) (on bool, err error) {
	var c crioStruct
	_, err = burnt.Decode(string(src), &c)
	return c.Crio.Runtime.EnablePodEvents, err
}

// TestWordsAreCRIOs: the message is the one that CRI-O's reader gives.
func TestWordsAreCRIOs(t *testing.T) {
	for _, src := range []string{
		"[crio.runtime]\nenable_pod_events: true\n",
		"[crio.runtime]\nenable_pod_events = True\n",
		"[crio.runtime]\nenable_pod_events = on\n",
		"[crio.runtime]\nenable_pod_events = tru\n",
		"[crio.runtime]\nenable_pod_events = falsee\n",
		"[crio.runtime]\nenable_pod_events = \"on\"\n",
		"[crio.runtime]\nenable_pod_events = 1\n",
		"[crio.runtime]\nenable_pod_events = 1.5\n",
		"[crio.runtime]\nenable_pod_events = [true]\n",
		"[crio.runtime]\nenable_pod_events = {}\n",
		"[crio.runtime]\nenable_pod_events = 2026-11-23\n",
		"[crio.runtime]\nenable_pod_events true\n",
		"[crio.runtime]\nenable_pod_ev",
	} {
		_, err := crioReads([]byte(src))
		if err == nil {
			t.Fatalf("CRI-O accepts %q", src)
		}
		c := Effective(known.CRIO, Inputs{Files: configFile(known.CRIO, []byte(src))})
		if len(c.Problems) == 0 || !c.Problems[0].Fatal() || !strings.HasSuffix(err.Error(), c.Problems[0].Message) {
			t.Errorf("%q\nCRI-O: %v\nwe:    %+v", src, err, c.Problems)
		}
	}
}

// TestTwoSpellingsAreAGame shows why no winner is named: CRI-O's reader takes either.
func TestTwoSpellingsAreAGame(t *testing.T) {
	src := []byte("[crio.runtime]\nenable_pod_events = true\nEnable_Pod_Events = false\n")
	seen := map[bool]int{}
	for range 2000 {
		on, err := crioReads(src)
		if err != nil {
			t.Fatal(err)
		}
		seen[on]++
	}
	if len(seen) != 2 {
		t.Errorf("the reader always takes the same: %v", seen)
	}
	if c := Effective(known.CRIO, Inputs{Files: configFile(known.CRIO, src)}); c.PodEvents.Known {
		t.Errorf("named a winner: %+v", c.PodEvents)
	}
}
