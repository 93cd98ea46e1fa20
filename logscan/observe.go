package logscan

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

func (t *runState) sawLevel(level int) {
	if !t.Verbosity.Exact {
		t.Verbosity.Level = max(t.Verbosity.Level, level)
	}
}

func (t *runState) sawVersion(m *message) {
	t.version, t.StartSeen = true, true
	text, _ := m.value("kubeletVersion")
	if v, err := known.Parse(text); err == nil {
		t.Version = v
	}
	// A kubelet at verbosity 1 prints its flags before its version.
	beginning := t.announced || t.follows || t.config
	if beginning && !t.flagSeen && !t.gates && t.Verbosity.Level == 0 {
		t.Verbosity.Exact = true
	}
}

func (t *runState) sawVerbosityFlag(text string) {
	// 0 is also printed where the verbosity is set in a file. A flag wins over a file.
	if n, err := strconv.Atoi(text); err == nil && n > 0 && n < 100 {
		t.Verbosity = Verbosity{Level: n, Exact: true}
	}
}

// sawRunning takes the flags that a program gives to the kubelet inside it. What it listed
// before are the flags of its other parts.
func (t *runState) sawRunning(f Finding) {
	t.flag, t.listing, t.flagSeen = nil, nil, false
	for _, word := range strings.Fields(f.Text) {
		if value, ok := strings.CutPrefix(word, "--feature-gates="); ok {
			t.sawGatesFlag(value, f)
		}
		if value, ok := strings.CutPrefix(word, "--v="); ok {
			t.sawVerbosityFlag(strings.Trim(value, `"`))
		}
	}
}

// sawGatesFlag takes the flag and reports whether it shows the gate.
func (t *runState) sawGatesFlag(value string, f Finding) bool {
	t.flagSeen, t.flag = true, nil
	list := listedGates(value)
	if list.evented == nil {
		return false
	}
	t.flag, t.flagged = &list, f
	return true
}

// sawGates takes a listing of gates and reports whether it shows something new. The kubelet
// lists the same gates several times.
func (t *runState) sawGates(m *message, form Form, f *Finding) bool {
	text := string(m.text[len(form.Text):])
	if value, ok := m.value("featureGates"); ok {
		text = value
		f.Text += " featureGates=" + value
		// Kubelets after 1.37 also list what all gates come to.
		if all, ok := m.value("resolved"); ok {
			text = all
		}
	}
	list := listedGates(text)
	list.cut = list.cut || !strings.HasSuffix(strings.TrimSpace(text), "}")
	first := !t.gates
	t.gates = true
	return t.list(list, *f) || first
}

// list keeps a listing: one that names the gate wins over one that does not.
func (t *runState) list(list gateList, f Finding) bool {
	if t.listing != nil && t.listing.evented != nil && list.evented == nil {
		return false
	}
	if t.listing != nil && !t.listing.cut && list.cut && list.evented == nil {
		return false
	}
	changed := t.listing == nil || (t.listing.evented == nil) != (list.evented == nil) ||
		list.evented != nil && *list.evented != *t.listing.evented
	if changed || t.listing.cut {
		t.listing, t.listed = &list, f
	}
	return changed
}

// sawConfig takes the configuration, or the first line of it, and reports whether that shows
// the gate.
func (t *runState) sawConfig(m *message, f Finding) (shown bool) {
	t.config = true
	t.block = &configBlock{found: f}
	value, ok := m.value("config")
	if ok && value != "<" {
		for line := range strings.Lines(value) {
			shown = t.line(line) || shown
		}
		shown = t.line(" >") || shown
	}
	return shown
}

// more takes a line of a configuration that is logged over several entries, and reports
// whether it shows the gate.
func (t *runState) more(b []byte) bool {
	if t.End != nil && t.End.Panic && bytes.Contains(b, []byte(plegTrace)) {
		t.End.PLEG = true
	}
	if t.block == nil {
		return false
	}
	line := string(b)
	if rest, ok := strings.CutPrefix(line, "#011"); ok {
		line = rest
	} else {
		line = strings.TrimPrefix(line, "\t")
	}
	return t.line(line)
}

func (t *runState) line(line string) (shown bool) {
	b := t.block
	if b == nil {
		return false
	}
	more := b.add(line)
	if b.verbosity != nil {
		t.Verbosity = Verbosity{Level: *b.verbosity, Exact: true}
	}
	if !b.taken && b.known() {
		b.taken = b.beyond
		shown = t.list(b.list(), b.found)
	}
	if !more {
		t.block = nil
	}
	return shown
}

// afterEquals is the value of a printed flag, without its quotes.
func afterEquals(b []byte) string {
	_, value, _ := strings.Cut(string(b), "=")
	return strings.Trim(value, `"\`)
}
