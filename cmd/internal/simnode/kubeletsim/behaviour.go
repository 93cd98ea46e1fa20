package kubeletsim

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// behaviour is what the patch releases of one minor release do; messages.tsv has what they say.
type behaviour struct {
	// hints: an event only asks for an early relist of one pod. Without, events are what
	// the kubelet knows of pods, and it relists every 300 s while it has a stream.
	hints bool
	// pairs: gates are logged as key and value, and pods by name and UID.
	pairs bool
	// relistGate is how the gate PLEGOnDemandRelist shows in the metrics, its stage; from
	// 1.37 it is "" and the gate is locked. noGate: there is none.
	relistGate string
	messages   map[string]message
}

const noGate = "none"

func behaviours() map[string]behaviour {
	return map[string]behaviour{
		"1.33": {relistGate: noGate},
		"1.34": {relistGate: noGate},
		"1.36": {pairs: true, relistGate: "BETA"},
		"1.37": {pairs: true, hints: true},
	}
}

// message is what a kubelet says at one place; at level errorLevel at every verbosity.
type message struct {
	level    int
	text, at string
}

const errorLevel = -1

//go:embed messages.tsv
var messageTable string

// behaviourOf is what a kubelet of that version does and says.
func behaviourOf(version string) (behaviour, error) {
	minor := version[:max(strings.LastIndex(version, "."), 0)]
	all := behaviours()
	b, ok := all[minor]
	if !ok {
		return b, fmt.Errorf("the simulated node has no kubelet %s, only those of 1.33, 1.34, 1.36 and 1.37", version)
	}
	column := 3 + slices.Index([]string{"1.33", "1.34", "1.36", "1.37"}, minor)
	b.messages = map[string]message{}
	for line := range strings.Lines(messageTable) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if len(cells) <= column || cells[column] == "-" {
			continue // a comment, or not said by this release
		}
		level, err := strconv.Atoi(cells[1])
		if err != nil {
			level = errorLevel
		}
		b.messages[cells[0]] = message{level: level, text: cells[2], at: cells[column]}
	}
	return b, nil
}

// Check returns an error where the simulated node has no kubelet of that version.
func Check(version string) error {
	_, err := behaviourOf(version)
	return err
}
