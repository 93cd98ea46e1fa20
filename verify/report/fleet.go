package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/bundle"
)

// Fleet is the body of `report` in JSON: many nodes, counted.
type Fleet struct {
	Nodes int `json:"nodes"`
	// States, Versions and Causes count nodes, most first.
	States   []Count `json:"states"`
	Versions []Count `json:"versions"`
	Causes   []Count `json:"causes"`
	// Attention lists the nodes that need a person.
	Attention []FleetNode `json:"attention"`
}

// Count is how many nodes have something in common.
type Count struct {
	Name  string `json:"name"`
	Nodes int    `json:"nodes"`
}

// FleetNode is one node that needs a person.
type FleetNode struct {
	// Name is the node's host name, else the name of its document.
	Name  string `json:"name"`
	State string `json:"state"`
	// Why is the cause of the state, or what else needs a person.
	Why string `json:"why"`
	// Next is what to do; it may be empty.
	Next string `json:"next,omitempty"`
}

// nodeStatus is what is read of a document.
type nodeStatus struct {
	Envelope
	StatusBody
}

// Add counts a node by its document: that of `status` or `verify` in JSON, or a bundle.
func (fl *Fleet) Add(name string, document []byte) error {
	var n nodeStatus
	if err := json.Unmarshal(document, &n); err != nil {
		return fmt.Errorf("parse the document: %w", err)
	}
	switch n.Kind {
	case "Status", "Verify":
	case bundle.Kind:
		f, err := bundle.Facts(document)
		if err != nil {
			return err
		}
		v := verify.Judge(f)
		n = nodeStatus{Envelope{State: string(v.State), ExitCode: exitCode(v.Healthy())}, StatusBody{nodeBody(f), verdictBody(v)}}
	default:
		return fmt.Errorf("the document is of kind %q, not Status, Verify or Bundle", n.Kind)
	}
	fl.add(cmp.Or(n.Node.Hostname, name), n)
	return nil
}

func (fl *Fleet) add(name string, n nodeStatus) {
	fl.Nodes++
	fl.States = tally(fl.States, n.State)
	fl.Versions = tally(fl.Versions, fmt.Sprintf("kubelet %s, %s %s",
		cmp.Or(n.Node.Kubelet.Version, "unknown"), cmp.Or(n.Node.Runtime.Name, "runtime"), cmp.Or(n.Node.Runtime.Version, "unknown")))
	healthy := n.State == string(verify.StateWorks) || n.State == string(verify.StateOff)
	if healthy && len(n.Attention) == 0 {
		return
	}
	one := FleetNode{Name: name, State: n.State, Why: n.Reason, Next: n.Hint}
	if healthy {
		one.Why, one.Next = n.Attention[0].Message, n.Attention[0].Hint
	} else {
		// What follows the colon is of this node alone.
		cause, _, _ := strings.Cut(n.Reason, ": ")
		fl.Causes = tally(fl.Causes, n.State+": "+cause)
	}
	fl.Attention = append(fl.Attention, one)
	slices.SortStableFunc(fl.Attention, func(a, b FleetNode) int {
		return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(a.Name, b.Name))
	})
}

// tally adds one to the count of a name and keeps the order.
func tally(counts []Count, name string) []Count {
	i := slices.IndexFunc(counts, func(c Count) bool { return c.Name == name })
	if i < 0 {
		counts, i = append(counts, Count{Name: name}), len(counts)
	}
	counts[i].Nodes++
	slices.SortStableFunc(counts, func(a, b Count) int { return cmp.Or(b.Nodes-a.Nodes, cmp.Compare(a.Name, b.Name)) })
	return counts
}

// Document returns the fleet as the answer of `report`: 3 where a node needs a person.
func (fl Fleet) Document() Document {
	d := Document{Kind: "Report", Body: fl, Text: fl.text, Short: count(fl.Nodes, "node") + ": " + listCounts(fl.States)}
	if len(fl.Attention) > 0 {
		d.ExitCode = exitCode(verify.Missed)
	}
	return d
}

func listCounts(counts []Count) string {
	var parts []string
	for _, c := range counts {
		parts = append(parts, fmt.Sprintf("%d %s", c.Nodes, c.Name))
	}
	return strings.Join(parts, ", ")
}

func (fl Fleet) text(w io.Writer, s Style) error {
	var b strings.Builder
	b.WriteString(count(fl.Nodes, "node") + ": " + logscan.Escape(listCounts(fl.States)) + "\n")
	for _, part := range fl.parts() {
		b.WriteString("\n" + part.title + "\n")
		for _, c := range part.counts {
			b.WriteString(line(fmt.Sprintf("  %4d", c.Nodes), 8, c.Name))
		}
	}
	if len(fl.Attention) > 0 {
		b.WriteString("\nneed a person\n")
	}
	for _, n := range fl.Attention {
		fmt.Fprintf(&b, "  %s: %s\n", logscan.Escape(n.Name), s.state(verify.State(n.State), n.State))
		b.WriteString(line("    cause", adviceColumn, n.Why))
		if n.Next != "" {
			b.WriteString(line("    next", adviceColumn, n.Next))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

type fleetPart struct {
	title  string
	counts []Count
}

func (fl Fleet) parts() []fleetPart {
	parts := []fleetPart{{"versions", fl.Versions}}
	if len(fl.Causes) > 0 {
		parts = append(parts, fleetPart{"causes", fl.Causes})
	}
	return parts
}

// renderMarkdown writes a fleet as tables for a ticket or a wiki.
func renderMarkdown(w io.Writer, d Document, _ Style) error {
	fl, ok := d.Body.(Fleet)
	if !ok {
		return renderShort(w, d, Style{})
	}
	cell := func(text string) string { return strings.ReplaceAll(logscan.Escape(text), "|", `\|`) }
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", d.oneLine())
	for _, part := range fl.parts() {
		fmt.Fprintf(&b, "\n| %s | nodes |\n|---|---|\n", part.title)
		for _, c := range part.counts {
			fmt.Fprintf(&b, "| %s | %d |\n", cell(c.Name), c.Nodes)
		}
	}
	if len(fl.Attention) > 0 {
		b.WriteString("\n| node | state | cause | next |\n|---|---|---|---|\n")
	}
	for _, n := range fl.Attention {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell(n.Name), cell(n.State), cell(n.Why), cell(n.Next))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
