package logscan

import (
	"strconv"
	"strings"
)

// configBlock reads the kubelet's effective configuration while it is logged: YAML with
// sorted keys, one line an entry in a journal. Only two things in it are of interest, the
// gates and the verbosity, so it is not kept.
type configBlock struct {
	found Finding
	// section is the top-level key that the present line belongs to.
	section string
	gates   strings.Builder
	// beyond reports whether all of featureGates was seen, or would have come by now.
	beyond bool
	// taken reports whether its gates were taken and will not change.
	taken     bool
	verbosity *int
}

// maxGates bounds the text of all gates; a kubelet has some 200.
const maxGates = 64 << 10

// add takes one line, without the tab that klog puts before it, and reports whether more may
// come.
func (b *configBlock) add(line string) bool {
	line = strings.TrimRight(line, "\r\n")
	if line == " >" {
		b.beyond = true
		return false
	}
	if line != "" && line[0] != ' ' && line[0] != '-' && line[0] != '#' {
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			return true
		}
		b.section = key
		b.beyond = b.beyond || key > "featureGates"
		if key == "featureGates" {
			b.gate(value)
		}
		return true
	}
	switch b.section {
	case "featureGates":
		b.gate(line)
	case "logging":
		value, ok := strings.CutPrefix(line, "  verbosity: ")
		if n, err := strconv.Atoi(strings.Trim(value, `"`)); ok && err == nil {
			b.verbosity = &n
		}
	}
	return true
}

func (b *configBlock) gate(text string) {
	if b.gates.Len() < maxGates {
		b.gates.WriteString(text)
		b.gates.WriteByte('\n')
	}
}

// known reports whether the block shows something of the gate already.
func (b *configBlock) known() bool {
	return b.beyond || b.section == "featureGates" && b.list().evented != nil
}

func (b *configBlock) list() gateList { return listedGates(b.gates.String()) }
