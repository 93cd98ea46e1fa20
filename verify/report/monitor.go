package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/plegctl/plegctl/verify"
)

// Textfile writes the verdict in the Prometheus text format, for the textfile collector of
// node_exporter. Every state and rung has its own sample, so that alerts need no strings.
func Textfile(w io.Writer, f verify.Facts, v verify.Verdict) error {
	var b strings.Builder
	family := func(name, help string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
	}
	family("plegctl_state", "The state of Evented PLEG on this node; exactly one is 1.")
	for _, s := range verify.States() {
		fmt.Fprintf(&b, "plegctl_state{state=%q} %d\n", s, bit(v.State == s))
	}
	family("plegctl_rung_seen", "Whether this rung of the evidence ladder was seen.")
	for _, e := range v.Evidence {
		fmt.Fprintf(&b, "plegctl_rung_seen{rung=%q} %d\n", e.Rung, bit(e.Holds == verify.Yes))
	}
	family("plegctl_drift_files", "Files that another program changed since plegctl wrote them.")
	fmt.Fprintf(&b, "plegctl_drift_files %d\n", len(f.Own.Drift))
	urgent := 0
	for _, a := range v.Attention {
		urgent += bit(a.Urgent)
	}
	family("plegctl_attention", "What needs a person whatever the state is; urgent: an interrupted change, a failed rollback, a damaged history.")
	fmt.Fprintf(&b, "plegctl_attention{urgent=\"true\"} %d\nplegctl_attention{urgent=\"false\"} %d\n", urgent, len(v.Attention)-urgent)
	family("plegctl_observed_timestamp_seconds", "When this was observed, in seconds since the epoch.")
	fmt.Fprintf(&b, "plegctl_observed_timestamp_seconds %s\n", strconv.FormatFloat(float64(f.At.UnixMilli())/1e3, 'f', -1, 64))
	_, err := io.WriteString(w, b.String())
	return err
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Monitor is a status of monitoring systems.
type Monitor int

// The statuses, as Nagios numbers them.
const (
	MonitorOK Monitor = iota
	MonitorWarning
	MonitorCritical
	MonitorUnknown
)

// String returns the status as Nagios spells it.
func (m Monitor) String() string {
	return [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[m]
}

// monitorOf returns the status of a verdict and its outcome.
func monitorOf(v verify.Verdict, o verify.Outcome) Monitor {
	switch {
	case v.State == verify.StateBroken, v.Urgent():
		return MonitorCritical
	case o == verify.Reached && len(v.Attention) > 0:
		return MonitorWarning
	case o == verify.Reached:
		return MonitorOK
	case o == verify.Missed && (v.State == verify.StateRestartPending || v.State == verify.StateHalf || v.State == verify.StateOff):
		return MonitorWarning
	case o == verify.Missed:
		return MonitorCritical
	}
	return MonitorUnknown
}

// renderNagios writes one line as monitoring plug-ins do.
func renderNagios(w io.Writer, d Document, _ Style) error {
	rung, err := verify.ParseRung(d.Rung)
	if err != nil {
		rung = verify.RungNone
	}
	// "|" begins performance data in this format.
	text := strings.ReplaceAll(d.oneLine(), "|", "/")
	_, err = fmt.Fprintf(w, "PLEG %s - %s | rung=%d\n", d.Monitor, text, rung)
	return err
}

// Consumers returns the consumers whose exit codes a verdict can be given in.
func Consumers() []string { return []string{"plegctl", "nagios", "npd"} }

// ExitAs returns the exit code of a verdict for a consumer. Nagios numbers its statuses
// from 0; node-problem-detector knows 0 (fine), 1 (a problem) and anything else (unknown).
func ExitAs(consumer string, own int, m Monitor) int {
	switch consumer {
	case "nagios":
		return int(m)
	case "npd":
		return [...]int{0, 1, 1, 2}[m]
	}
	return own
}
