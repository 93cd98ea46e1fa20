package logscan

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/plegctl/plegctl/verify/known"
)

func (t *track) sawLevel(level int) {
	if !t.Verbosity.Exact {
		t.Verbosity.Level = max(t.Verbosity.Level, level)
	}
}

func (t *track) sawVersion(m *message) {
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

func (t *track) sawVerbosityFlag(text string) {
	// 0 is also printed where the verbosity is set in a file. A flag wins over a file.
	if n, err := strconv.Atoi(text); err == nil && n > 0 && n < 100 {
		t.Verbosity = Verbosity{Level: n, Exact: true}
	}
}

// sawGates takes a listing of gates and tells whether it says something new. The kubelet
// lists the same gates several times.
func (t *track) sawGates(m *message, f *Finding) bool {
	text, ok := bytes.CutPrefix(m.text, []byte("feature gates: "))
	if !ok {
		value, _ := m.value("featureGates")
		text = []byte(value)
		f.Text += " featureGates=" + value
	}
	list := listedGates(string(text))
	list.cut = list.cut || !bytes.HasSuffix(bytes.TrimSpace(text), []byte("}"))
	first := !t.gates
	t.gates = true
	return t.list(list, *f) || first
}

// list keeps a listing: one that names the gate wins over one that does not.
func (t *track) list(list gateList, f Finding) bool {
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

// sawConfig takes the configuration, or the first line of it, and tells whether that shows
// the gate.
func (t *track) sawConfig(m *message, f Finding) (shown bool) {
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

// more takes a line of a configuration that is logged over several entries, and tells
// whether it shows the gate.
func (t *track) more(b []byte) bool {
	if t.End != nil && t.End.Panic && bytes.Contains(b, []byte("pleg/evented.go:")) {
		t.End.PLEG = true // kubernetes/kubernetes#128654, #132266
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

func (t *track) line(line string) (shown bool) {
	b := t.block
	if b == nil {
		return false
	}
	more := b.add(line)
	if b.verbosity != nil {
		t.Verbosity = Verbosity{Level: *b.verbosity, Exact: true}
	}
	if !b.told && b.known() {
		b.told = b.beyond
		shown = t.list(b.list(), b.found)
	}
	if !more {
		t.block = nil
	}
	return shown
}

// sawEvent counts an event that came over the stream, and says its type.
func (t *track) sawEvent(m *message, at time.Time) string {
	if t.Events.Count == 0 {
		t.Events.First = at
		// What was counted from handled events alone begins anew.
		t.Events.Created, t.Events.Started, t.Events.Stopped, t.Events.Deleted = 0, 0, 0, 0
	}
	t.Events.Count++
	t.Events.Last = at
	t.Errors.SinceEvent = 0
	kind := eventType(m.rest)
	t.sawType(kind)
	return kind
}

func (t *track) sawType(kind string) {
	switch kind {
	case "created":
		t.Events.Created++
	case "started":
		t.Events.Started++
	case "stopped":
		t.Events.Stopped++
	case "deleted":
		t.Events.Deleted++
	}
}

// eventType reads the type out of a printed ContainerEventResponse. Created is the zero
// value, which protobuf's text form leaves out. The sandbox's own text comes later and may
// hold anything. The bytes are looked at as they were logged, since such entries are long.
func eventType(resp []byte) string {
	resp = resp[:min(len(resp), 512)]
	for _, sandbox := range []string{"pod_sandbox_status", "PodSandboxStatus"} {
		if at := bytes.Index(resp, []byte(sandbox)); at >= 0 {
			resp = resp[:at]
		}
	}
	at := bytes.Index(resp, []byte("CONTAINER_"))
	if at < 0 {
		return "created"
	}
	for _, kind := range []struct{ logged, name string }{
		{"STARTED_EVENT", "started"}, {"STOPPED_EVENT", "stopped"}, {"DELETED_EVENT", "deleted"},
	} {
		if hasPrefix(resp[at+len("CONTAINER_"):], kind.logged) {
			return kind.name
		}
	}
	return "created"
}

// sawHandled counts what Evented PLEG made of an event. Logs from which the CRI client's
// lines were left out show events only in this way.
func (t *track) sawHandled(m *message, at time.Time) {
	t.Events.Handled++
	if t.Events.Count > 0 {
		return
	}
	if t.Events.First.IsZero() {
		t.Events.First = at
	}
	t.Events.Last = at
	t.Errors.SinceEvent = 0
	switch text := string(m.text); {
	case strings.Contains(text, "Container Created"):
		t.sawType("created")
	case strings.Contains(text, "Container Started"):
		t.sawType("started")
	case strings.Contains(text, "Container Stopped"), strings.Contains(text, "after container termination"):
		t.sawType("stopped")
	case strings.Contains(text, "Container Deleted"):
		t.sawType("deleted")
	}
}

// sawStreamError counts a failed try and returns how it is told.
func (t *track) sawStreamError(m *message, f Finding) string {
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

// sawEnd takes the last words of a kubelet.
func (t *track) sawEnd(m *message, f Finding) {
	text := string(m.text)
	if cause, ok := m.value("err"); ok {
		text += ": " + cause
	}
	t.End = &End{At: f.Time, Text: text, Panic: strings.HasPrefix(text, "panic: "), Seen: f}
	for _, word := range []string{"feature gate", "featureGates", "feature is locked", "feature is PreAlpha", "depends on features that are disabled", known.Gate} {
		t.End.Gates = t.End.Gates || strings.Contains(text, word)
	}
}

// afterEquals is the value of a printed flag, without its quotes.
func afterEquals(b []byte) string {
	_, value, _ := strings.Cut(string(b), "=")
	return strings.Trim(value, `"\`)
}
