package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// statusText writes one screen about the node: the verdict, then a short table. With
// [Style.Verbose] it adds the evidence for every rung and everything that was read.
func statusText(w io.Writer, f verify.Facts, v verify.Verdict, name string, s Style) error {
	var b strings.Builder
	answer := verdictBlock(f, v, name, s)
	b.WriteString(answer)
	if !nothingFound(f) || s.Verbose {
		b.WriteByte('\n')
		b.WriteString(table(f, answer))
	}
	if s.Verbose {
		b.WriteString(details(f, v, s))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// nothingFound reports whether this machine is not a node: there is nothing to show of it.
func nothingFound(f verify.Facts) bool {
	unit := f.Kubelet.Unit
	return !f.Offline && !f.Kubelet.Process.Seen && !f.Kubelet.Metrics.Seen && (!unit.Seen || unit.Value.Load == "not-found")
}

const (
	nameColumn  = 2
	valueColumn = 12
	wordColumn  = 31
)

// row is one line of the table: a name, a value, and where it is from.
func row(name, value, from string) string {
	if value == "" && name != "" {
		return line(fmt.Sprintf("  %s", name), valueColumn, from)
	}
	value = fmt.Sprintf("%-*s", wordColumn-valueColumn-1, logscan.Escape(value))
	label := fmt.Sprintf("%*s%-*s%s", nameColumn, "", valueColumn-nameColumn, name, value)
	return strings.TrimRight(line(label, wordColumn, from), " \n") + "\n"
}

// table shows the parts of the node. What the answer above it says already is left out.
func table(f verify.Facts, answer string) string {
	var b strings.Builder
	k, r := f.Kubelet, f.Runtime
	b.WriteString(row("kubelet", version(k.Version), daemon(f, k.Unit, k.Process, k.Version.Why)))
	runtime := "unknown"
	if r.Name.Seen {
		runtime = r.Name.Value.Title() + " " + version(r.Version)
	}
	b.WriteString(row("runtime", runtime, daemon(f, r.Unit, r.Process, cmp.Or(r.Name.Why, r.Version.Why))))
	b.WriteString(settingRow("gate", k.Gate, answer))
	if r.Name.Seen && !known.RuntimeAt(r.Name.Value, r.Version.Value).NeedsSwitch && !r.Inputs.KnowsPodEvents {
		b.WriteString(row("events", "always on", r.Name.Value.Title()+" has no switch"))
	} else {
		b.WriteString(settingRow("events", r.Events, answer))
	}
	b.WriteString(changeRow(f))
	if join := f.Kubelet.Join; join.Seen && !k.Gate.Explicit() {
		b.WriteString(row("assumed", "", "the cluster's ConfigMap kubelet-config does not set the gate"))
	} else if join.Value != "" {
		b.WriteString(row("assumed", "", "kubeadm join --patches "+join.Value))
	}
	return b.String()
}

func version(v verify.Fact[known.Version]) string {
	if v.Seen {
		return v.Value.String()
	}
	return "unknown"
}

// daemon is the unit of a daemon, how long it has been up, and why its version is unknown.
func daemon(f verify.Facts, u verify.Fact[verify.Unit], p verify.Fact[verify.Process], why string) string {
	var parts []string
	switch {
	case u.Seen && p.Seen:
		parts = append(parts, u.Value.Name)
	case u.Seen && u.Value.Active != "":
		parts = append(parts, u.Value.Name+", "+u.Value.Active)
	case u.Seen:
		parts = append(parts, u.Value.Name)
	}
	if p.Seen {
		parts = append(parts, "up "+span(f.At.Sub(p.Value.Start)))
	}
	if why != "" {
		parts = append(parts, why)
	}
	return strings.Join(parts, ", ")
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

// settingRow shows a setting and the assignments that it overrides with another value.
func settingRow(name string, s source.Setting[bool], answer string) string {
	shown := strings.Join(strings.Fields(answer), " ")
	switch {
	case !s.Known && strings.Contains(shown, strings.TrimPrefix(s.Reason, s.At.Path+": ")):
		return row(name, "unknown", "see above")
	case !s.Known:
		return row(name, "unknown", s.Reason)
	}
	from := "not set"
	if s.Explicit() {
		from = s.At.String()
	}
	text := row(name, onOff(s.Value), from)
	for _, a := range s.Overridden {
		if a.Value != s.Value || a.Removes {
			text += row("", a.Text()+" (overridden)", a.At.String())
		}
	}
	return text
}

// changeRow shows the newest change of plegctl, if there is one.
func changeRow(f verify.Facts) string {
	o := f.Own
	switch {
	case o.Open != nil:
		return row("change", o.Open.ID, "interrupted "+ago(f.At, o.Open.At))
	case o.Confirm != nil:
		return row("change", o.Confirm.ID, "reverts at "+clock(f.At, o.Confirm.Until)+" unless confirmed")
	case o.Last == nil:
		return ""
	}
	how := ago(f.At, o.Last.At)
	if o.Last.Who != "" {
		how = "by " + o.Last.Who + ", " + how
	}
	if o.Last.Reverted != "" {
		how = "failed and rolled back " + ago(f.At, o.Last.At)
	}
	return row("change", o.Last.ID, how)
}
