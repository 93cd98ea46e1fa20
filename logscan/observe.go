package logscan

import (
	"bytes"
	"strconv"
	"strings"
	"time"

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

// sawEvent counts an event that came over the stream, and returns its type.
func (t *runState) sawEvent(m *message, at time.Time) string {
	if t.Events.Count == 0 {
		// What was counted from handled events alone begins anew.
		t.Events = Events{First: at, Handled: t.Events.Handled}
	}
	t.Events.Count++
	t.Events.Last = at
	t.Errors.SinceEvent = 0
	kind := eventType(m.rest)
	t.sawType(kind)
	return [...]string{Created: "created", Started: "started", Stopped: "stopped", Deleted: "deleted"}[kind]
}

func (t *runState) sawType(kind Detail) {
	switch kind {
	case Created:
		t.Events.Created++
	case Started:
		t.Events.Started++
	case Stopped:
		t.Events.Stopped++
	case Deleted:
		t.Events.Deleted++
	}
}

// eventType reads the type out of a printed ContainerEventResponse. Created is the zero
// value, which protobuf's text form leaves out. The sandbox's own text comes later and may
// hold anything. The bytes are looked at as they were logged, since such entries are long.
func eventType(resp []byte) Detail {
	resp = resp[:min(len(resp), 512)]
	for _, sandbox := range []string{"pod_sandbox_status", "PodSandboxStatus"} {
		if at := bytes.Index(resp, []byte(sandbox)); at >= 0 {
			resp = resp[:at]
		}
	}
	_, kind, _ := bytes.Cut(resp, []byte("CONTAINER_"))
	switch {
	case hasPrefix(kind, "STARTED_EVENT"):
		return Started
	case hasPrefix(kind, "STOPPED_EVENT"):
		return Stopped
	case hasPrefix(kind, "DELETED_EVENT"):
		return Deleted
	}
	return Created
}

// sawHandled counts what Evented PLEG made of an event. Logs from which the CRI client's
// lines were left out show events only in this way.
func (t *runState) sawHandled(row *Message, at time.Time) {
	t.Events.Handled++
	if t.Events.Count > 0 {
		return
	}
	if t.Events.First.IsZero() {
		t.Events.First = at
	}
	t.Events.Last = at
	t.Errors.SinceEvent = 0
	t.sawType(row.Detail)
}

// sawStreamError counts a failed try and returns the text of its finding.
func (t *runState) sawStreamError(m *message, f Finding) string {
	cause, _ := m.value("err")
	if cause != "" {
		f.Text += ": " + cause
	}
	e := &t.Errors
	if e.Count == 0 {
		e.First = f
	}
	e.Count++
	e.SinceEvent++
	e.Last = f
	switch {
	case strings.Contains(cause, "Unimplemented"):
		e.Unimplemented++
	case strings.Contains(cause, "Unavailable"):
		e.Unavailable++
	case cause == "EOF":
		e.Closed++
	default:
		e.Other++
	}
	if e.Count >= known.MaxStreamRetries && t.FellBack == nil {
		t.FellBack = &FellBack{At: f.Time, Seen: f}
	}
	return f.Text
}

// sawEnd takes the last message of a kubelet.
func (t *runState) sawEnd(m *message, f Finding) {
	text := string(m.text)
	if cause, ok := m.value("err"); ok {
		text += ": " + cause
	}
	t.End = &End{At: f.Time, Text: text, Gates: f.Kind == KindRefused, Panic: f.Detail == Panicked, Seen: f}
}

// afterEquals is the value of a printed flag, without its quotes.
func afterEquals(b []byte) string {
	_, value, _ := strings.Cut(string(b), "=")
	return strings.Trim(value, `"\`)
}
