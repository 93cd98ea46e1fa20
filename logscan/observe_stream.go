package logscan

import (
	"bytes"
	"strings"
	"time"

	"github.com/plegctl/plegctl/verify/known"
)

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
		t.FellBack = &FellBack{At: f.Time}
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
