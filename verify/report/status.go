package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

const indent = 11

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// Status writes one screen about the node: what is there, then the ladder.
func Status(w io.Writer, f verify.Facts, v verify.Verdict, s Style) error {
	var b strings.Builder
	b.WriteString(line("node", indent, nodeLine(f)))
	b.WriteString(line("kubelet", indent, programLine(version(f.Kubelet.Version), f.Kubelet.Unit, f.Kubelet.Process)))
	b.WriteString(line("runtime", indent, runtimeLine(f)))
	b.WriteString(line("gate", indent, settingLine(f.Kubelet.Gate)))
	b.WriteString(overridden(f.Kubelet.Gate))
	b.WriteString(line("events", indent, eventsLine(f, v)))
	b.WriteString(overridden(f.Runtime.Events))
	for _, way := range f.Kubelet.Ways {
		if !way.OK && way.Endpoint == "/metrics" && !f.Kubelet.Metrics.Seen {
			b.WriteString(line("no way in", indent, way.Name+": "+way.Why))
		}
	}
	for _, p := range append(append([]source.Problem(nil), f.Kubelet.Problems...), f.Runtime.Problems...) {
		b.WriteString(line("problem", indent, placed(p)))
	}
	b.WriteString(line("record", indent, ownLine(f.Own)))
	for _, d := range f.Own.Drift {
		b.WriteString(line("drift", indent, d.Path+" was changed by somebody else since plegctl wrote it"))
	}
	b.WriteByte('\n')
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	return Ladder(w, v, s)
}

func placed(p source.Problem) string {
	if at := p.At.String(); !p.At.IsDefault() && !strings.Contains(p.Message, at) {
		return at + ": " + p.Message
	}
	return p.Message
}

func nodeLine(f verify.Facts) string {
	name := f.Node.Hostname.Value
	if name == "" {
		name = "(no name)"
	}
	if p := f.Node.Platform; p.Seen && p.Value.Name != "" {
		name += ", " + p.Value.Name
	}
	if f.Offline {
		return name + ", files only (--root)"
	}
	return name + ", " + stamp(f.At)
}

func version[T fmt.Stringer](v verify.Fact[T]) string {
	if v.Seen {
		return v.Value.String()
	}
	return notSeen("version", v.Why)
}

func notSeen(what, why string) string {
	if why == "" {
		return what + " not seen"
	}
	return what + " not seen (" + why + ")"
}

func programLine(name string, u verify.Fact[verify.Unit], p verify.Fact[verify.Process]) string {
	parts := []string{name}
	if u.Seen {
		parts = append(parts, u.Value.Name+" "+u.Value.ActiveState)
	} else if u.Why != "" {
		parts = append(parts, notSeen("unit", u.Why))
	}
	if p.Seen {
		parts = append(parts, fmt.Sprintf("PID %d since %s", p.Value.PID, stamp(p.Value.Start)))
	}
	return strings.Join(parts, ", ")
}

func runtimeLine(f verify.Facts) string {
	r := f.Runtime
	name := notSeen("runtime", r.Name.Why)
	if r.Name.Seen {
		name = string(r.Name.Value) + " " + version(r.Version)
	}
	text := programLine(name, r.Unit, r.Process)
	if r.Endpoint.Seen {
		text += ", " + r.Endpoint.Value
	}
	return text
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

func settingLine(s source.Setting[bool]) string {
	if !s.Known {
		return notSeen("value", s.Reason)
	}
	if !s.Explicit() {
		return onOff(s.Value) + " (not set)"
	}
	return onOff(s.Value) + ", " + s.At.String()
}

func eventsLine(f verify.Facts, v verify.Verdict) string {
	r := f.Runtime
	if r.Name.Seen && !known.RuntimeAt(r.Name.Value, r.Version.Value).NeedsSwitch {
		return fmt.Sprintf("no switch in %s %s", r.Name.Value, version(r.Version))
	}
	if r.Events.Known || r.Events.Reason != "" {
		return settingLine(f.Runtime.Events)
	}
	for _, running := range f.Runtime.RunningEvents {
		if running.Seen {
			return onOff(running.Value) + ", " + running.From
		}
	}
	return v.Of(verify.RungConfigured).Found
}

// overridden lists the sources that set the value without effect.
func overridden(s source.Setting[bool]) string {
	var b strings.Builder
	for _, a := range s.Assignments()[:len(s.Overridden)] {
		b.WriteString(line("", indent, fmt.Sprintf("%s at %s is overridden", a.Text(), a.At)))
	}
	return b.String()
}

func ownLine(o verify.Own) string {
	switch {
	case o.Problem != "":
		return "could not be read: " + o.Problem
	case o.Open != nil:
		return fmt.Sprintf("transaction %s (%s) is open: plegctl recover", o.Open.ID, o.Open.Command)
	case o.Confirm != nil:
		return fmt.Sprintf("%s undoes itself at %s unless confirmed", o.Confirm.ID, stamp(o.Confirm.Until))
	case o.Last != nil && o.Last.Reverted != "":
		return fmt.Sprintf("last change %s (%s) was rolled back: %s", o.Last.ID, o.Last.Command, o.Last.Reverted)
	case o.Last != nil:
		return fmt.Sprintf("last change %s (%s), %s", o.Last.ID, o.Last.Command, o.Last.State)
	}
	return "plegctl has changed nothing here"
}
