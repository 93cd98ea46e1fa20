package report

import (
	"time"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/source"
)

// Node is what was seen of the node, as JSON.
type Node struct {
	Hostname   string    `json:"hostname,omitempty"`
	Platform   string    `json:"platform,omitempty"`
	ObservedAt time.Time `json:"observedAt"`
	Offline    bool      `json:"offline"`
	Kubelet    Program   `json:"kubelet"`
	Runtime    Program   `json:"runtime"`
	Gate       Setting   `json:"gate"`
	Events     Setting   `json:"podEvents"`
	// AccessMethods are the ways to read the kubelet's metrics that were tried.
	AccessMethods []AccessMethod `json:"accessMethods"`
	Record        Record         `json:"record"`
	// JoinPatches is the directory that `kubeadm join` must be given with --patches, on an image
	// that has not joined a cluster.
	JoinPatches string `json:"joinPatches,omitempty"`
}

// Program is the kubelet or the runtime, as JSON.
type Program struct {
	Name     string     `json:"name,omitempty"`
	Version  string     `json:"version,omitempty"`
	From     string     `json:"versionFrom,omitempty"`
	Unit     string     `json:"unit,omitempty"`
	Active   string     `json:"active,omitempty"`
	PID      int        `json:"pid,omitempty"`
	Since    *time.Time `json:"since,omitempty"`
	Endpoint string     `json:"endpoint,omitempty"`
}

// Setting is a configured value, as JSON; value is null where it could not be read.
type Setting struct {
	// Value is null where it could not be read.
	Value    *bool  `json:"value" null:"true"`
	From     string `json:"from,omitempty"`
	Explicit bool   `json:"explicit"`
	// Reason says why the value is not known.
	Reason string `json:"reason,omitempty"`
	// Assignments are the sources that set the value, in reading order, the winner last.
	Assignments []Assignment `json:"assignments"`
}

// Assignment is one source that sets a value, as JSON.
type Assignment struct {
	From   string `json:"from"`
	Path   string `json:"path,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Value  string `json:"value"`
}

// AccessMethod is one way to read the kubelet's metrics, as JSON.
type AccessMethod struct {
	Name     string `json:"name"`
	Endpoint string `json:"endpoint"`
	OK       bool   `json:"ok"`
	Why      string `json:"why,omitempty"`
	Hint     string `json:"hint,omitempty"`
}

// Record is plegctl's own state, as JSON.
type Record struct {
	Open      string     `json:"open,omitempty"`
	Last      string     `json:"last,omitempty"`
	LastState string     `json:"lastState,omitempty"`
	Reverted  string     `json:"reverted,omitempty"`
	ConfirmBy *time.Time `json:"confirmBy,omitempty"`
	Drift     []string   `json:"drift"`
	Coupled   bool       `json:"coupled"`
	Problem   string     `json:"problem,omitempty"`
}

// nodeBody is the node's part of a body.
func nodeBody(f verify.Facts) Node {
	k, r := f.Kubelet, f.Runtime
	n := Node{
		Hostname: f.Node.Hostname.Value, Platform: f.Node.Platform.Value.Name, ObservedAt: f.At.UTC(), Offline: f.Offline,
		Kubelet: program("kubelet", k.Unit, k.Process), Runtime: program(string(r.Name.Value), r.Unit, r.Process),
		Gate: setting(k.Gate), Events: setting(r.Events), AccessMethods: []AccessMethod{}, Record: record(f.Own),
		JoinPatches: k.Join.Value,
	}
	if k.Version.Seen {
		n.Kubelet.Version, n.Kubelet.From = k.Version.Value.String(), k.Version.From
	}
	if r.Version.Seen {
		n.Runtime.Version, n.Runtime.From = r.Version.Value.String(), r.Version.From
	}
	n.Runtime.Endpoint = r.Endpoint.Value
	for _, w := range k.AccessMethods {
		n.AccessMethods = append(n.AccessMethods, AccessMethod(w))
	}
	return n
}

func program(name string, u verify.Fact[verify.Unit], p verify.Fact[verify.Process]) Program {
	out := Program{Name: name, Unit: u.Value.Name, Active: u.Value.Active}
	if p.Seen {
		out.PID, out.Since = p.Value.PID, moment(p.Value.Start)
	}
	return out
}

func setting(s source.Setting[bool]) Setting {
	out := Setting{Explicit: s.Explicit(), Reason: s.Reason, Assignments: []Assignment{}}
	if s.Known {
		value := s.Value
		out.Value, out.From = &value, s.At.String()
	}
	for _, a := range s.Assignments() {
		out.Assignments = append(out.Assignments, Assignment{a.At.String(), a.At.Path, a.At.Line, a.At.Column, a.Text()})
	}
	return out
}

func record(o verify.Own) Record {
	out := Record{Drift: []string{}, Coupled: o.Coupled.Value, Problem: o.Problem}
	if o.Open != nil {
		out.Open = o.Open.ID
	}
	if o.Last != nil {
		out.Last, out.LastState, out.Reverted = o.Last.ID, o.Last.State, o.Last.Reverted
	}
	if o.Confirm != nil {
		out.ConfirmBy = moment(o.Confirm.Until)
	}
	for _, d := range o.Drift {
		out.Drift = append(out.Drift, d.Path)
	}
	return out
}
