package logscan

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// framed writes a log of klog lines in a frame.
func framed(f testFrame, log string) string {
	var b strings.Builder
	b.WriteString(f.before)
	at := time.Date(2026, 11, 23, 11, 55, 0, 0, time.UTC)
	for line := range strings.Lines(log) {
		at = at.Add(time.Millisecond)
		f.write(&b, Entry{Time: at, Identifier: "kubelet", Unit: "kubelet.service", PID: 2264, Message: []byte(strings.TrimSuffix(line, "\n"))})
	}
	b.WriteString(f.after)
	return b.String()
}

// Every message of every version shows the same in every frame.
func TestMessagesInEveryFrame(t *testing.T) {
	for _, f := range frames() {
		if f.name == "utf-16" {
			continue // its bytes are made from whole files only
		}
		for minor := uint(26); minor <= 37; minor++ {
			for _, c := range []struct {
				gate, what string
				level      int
				want       State
			}{
				{"true", "on", 4, StateWorks},
				{"true", "off", 0, StateFellBack},
				{"true", "restart", 4, StateFellBack},
				{"false", "", 1, StateOff},
				{"true", "hiccup", 2, StateInconclusive},
				{"true", "recovered", 4, StateWorks},
			} {
				for _, json := range []bool{false, true} {
					log := kubeletLog(int(minor), c.level, c.gate, c.what, json)
					r, stats := scan(t, framed(f, log))
					if r.State != c.want || len(r.Runs) != 1 || r.Runs[0].Version.Minor != minor || !r.Runs[0].StartSeen || r.Runs[0].damaged() {
						t.Fatalf("1.%d %s v%d json %v as %s: %s (%s), %+v, want %s\n%s", minor, c.what, c.level, json, f.name, r.State, r.Reason, stats, c.want, framed(f, log))
					}
				}
			}
		}
	}
}

// A pager cuts lines at the width of the terminal, a terminal wraps them: what is missing is
// never taken for absent.
func TestCutAndWrappedLines(t *testing.T) {
	short := frames()[3]
	for what, whole := range map[string]State{"off": StateFellBack, "idle": StateInconclusive} {
		log := framed(short, kubeletLog(34, 2, "true", what, false))
		for width := 60; width <= 200; width += 7 {
			cut, wrapped := "", ""
			for line := range strings.Lines(log) {
				line = strings.TrimSuffix(line, "\n")
				if len(line) > width {
					cut += line[:width-1] + ">\n"
				} else {
					cut += line + "\n"
				}
				for len(line) > width {
					wrapped += line[:width] + "\n"
					line = line[width:]
				}
				wrapped += line + "\n"
			}
			for name, text := range map[string]string{"cut": cut, "wrapped": wrapped} {
				r, stats := scan(t, text)
				if r.State != whole && r.State != StateInconclusive {
					t.Errorf("%s at %d: %s (%s), the whole is %s", name, width, r.State, r.Reason, whole)
				}
				run := r.Current()
				if run != nil && stats.Cut+stats.Wrapped > 0 && run.Failed() == 0 && run.WhyIncomplete() == "" {
					t.Errorf("%s at %d: no failed stream in a log that is not whole: %+v\n%s", name, width, stats, text)
				}
				if name == "wrapped" && width >= 120 && r.State != whole {
					t.Errorf("wrapped at %d: %s (%s), want %s\n%s", width, r.State, r.Reason, whole, text)
				}
			}
		}
	}
}

// k3s and others run several components in one process: the flags of another one, before
// or after, are not those of the kubelet.
func TestFlagsOfOtherComponents(t *testing.T) {
	log := `Feb 03 11:20:06 n1 k3s[5120]: I0203 11:20:06.700010   5120 flags.go:64] FLAG: --feature-gates="AllAlpha=false"
Feb 03 11:20:07 n1 k3s[5120]: time="2025-02-03T11:20:07Z" level=info msg="Running kubelet --feature-gates=EventedPLEG=true --v=2"
Feb 03 11:20:07 n1 k3s[5120]: I0203 11:20:07.100000   5120 flags.go:64] FLAG: --feature-gates="EventedPLEG=true"
Feb 03 11:20:07 n1 k3s[5120]: I0203 11:20:07.200000   5120 server.go:520] "Kubelet version" kubeletVersion="v1.32.1+k3s1"
Feb 03 11:20:08 n1 k3s[5120]: I0203 11:20:08.000000   5120 flags.go:64] FLAG: --feature-gates=""
Feb 03 11:20:08 n1 k3s[5120]: I0203 11:20:08.000001   5120 flags.go:64] FLAG: --v="0"
Feb 03 11:20:08 n1 k3s[5120]: I0203 11:20:08.000002   5120 feature_gate.go:387] feature gates: {map[]}
`
	for _, left := range []int{0, 1, 2, 3} { // also without what comes first, or without the line of the flags
		lines := strings.SplitAfter(log, "\n")
		if left == 3 {
			lines = append(lines[:2], lines[3:]...)
		} else {
			lines = lines[left:]
		}
		r, _ := scan(t, strings.Join(lines, ""))
		run := r.Current()
		if len(r.Runs) != 1 || run.Gate.Value != GateOn || run.Version.String() != "1.32.1+k3s1" || !run.StartSeen {
			t.Errorf("without %d: %d runs, gate %+v, version %s, start %v", left, len(r.Runs), run.Gate, run.Version, run.StartSeen)
		}
	}
	// A container starts its kubelet anew as the same process: that is a new run.
	r, _ := scan(t, kubeletLog(34, 2, "true", "off", false)+kubeletLog(34, 2, "false", "", false))
	if len(r.Runs) != 2 || r.Runs[0].State != StateFellBack || r.State != StateOff {
		t.Errorf("%d runs, %s (%s)", len(r.Runs), r.State, r.Reason)
	}
}

func TestHealthAndResolvedGates(t *testing.T) {
	for name, log := range map[string]string{
		"health":   `E0312 10:00:05.200000     801 kubelet.go:2412] "Skipping pod synchronization" err="[PLEG is not healthy: x, EventedPLEG is not healthy: EventedPLEG: pleg has yet to be successful]"`,
		"resolved": "I0723 08:30:06.200000     912 server.go:545] \"Kubelet version\" kubeletVersion=\"v1.38.0\"\nI0723 08:30:06.257740     912 feature_gate.go:477] \"Updated\" featureGates={} resolved={\"AllAlpha\":false,\"EventedPLEG\":true}",
	} {
		r, _ := scan(t, log+"\n")
		if run := r.Current(); run == nil || run.Gate.Value != GateOn || run.Gate.Seen.Cursor == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	r, _ := scan(t, `E0312 10:00:05.200000     801 kubelet.go:2412] "Skipping pod synchronization" err="PLEG is not healthy: x"`+"\n")
	if run := r.Current(); run != nil && run.Gate.Value == GateOn {
		t.Errorf("another health check shows the gate: %+v", run.Gate)
	}
}

// Lines that another process, unit or user added are not the kubelet's.
func TestForgedEntries(t *testing.T) {
	const started = `I1125 10:00:00.000001    1234 server.go:530] "Kubelet version" kubeletVersion="v1.36.3"`
	const gate = `I1125 10:00:00.000001    1234 feature_gate.go:477] "Updated" featureGates={"EventedPLEG":true}`
	const event = `I1125 10:00:30.000001    1234 remote_runtime.go:1091] "container event received" resp="x"`
	const own = "_UID=0\n_PID=1234\nSYSLOG_IDENTIFIER=kubelet\n_SYSTEMD_UNIT=kubelet.service\n_SYSTEMD_INVOCATION_ID=aa\n"
	export := func(fields, message string) string { return fields + "MESSAGE=" + message + "\n\n" }
	short := func(name, message string) string { return "Nov 25 10:00:30 n " + name + ": " + message + "\n" }
	head := export("__CURSOR=s=1\n"+own, started) + export(own, gate)
	text := short("kubelet[1234]", started) + short("kubelet[1234]", gate)
	for name, log := range map[string]string{
		"another user":                     head + export("_UID=1000\n_PID=9999\nSYSLOG_IDENTIFIER=kubelet\n_SYSTEMD_UNIT=user@1000.service\n_SYSTEMD_INVOCATION_ID=cc\n", event),
		"another user in the kubelet's":    head + export(strings.Replace(own, "_UID=0", "_UID=1000", 1), event),
		"another unit":                     head + export("_UID=0\n_PID=9999\nSYSLOG_IDENTIFIER=kubelet\n_SYSTEMD_UNIT=cron.service\n_SYSTEMD_INVOCATION_ID=cc\n", event),
		"another process of the unit":      head + export(strings.Replace(own, "1234", "4321", 1), event),
		"no header":                        head + export(own, "container event received"),
		"another process in the header":    head + export(own, strings.Replace(event, "1234", "4321", 1)),
		"quoted":                           head + export(own, `I1125 10:00:30.000001    1234 x.go:1] "log" text="`+strings.ReplaceAll(event, `"`, `\"`)+`"`),
		"UNIT of an ordinary process":      head + export("_UID=0\n_PID=9999\nSYSLOG_IDENTIFIER=x\n_SYSTEMD_UNIT=x.service\nUNIT=kubelet.service\nINVOCATION_ID=aa\n", event),
		"text: another program":            text + short("evil[77]", event),
		"text: another program first":      short("evil[77]", started) + short("evil[77]", event) + text + short("evil[77]", event),
		"text: its name, another process":  text + short("kubelet[9999]", event),
		"text: its name and header":        text + short("kubelet[9999]", strings.Replace(event, "1234", "9999", 1)),
		"text: its name, a start, between": text + short("kubelet[9999]", strings.Replace(started, "1234", "9999", 1)) + short("kubelet[9999]", strings.Replace(event, "1234", "9999", 1)) + short("kubelet[1234]", gate),
		"text: quoted by another":          text + short("app[5]", "level=info msg=kubelet[1234]: "+event),
		"text: quoted, no process":         text + short("evil", "kubelet[1234]: "+event),
		"k0s: another component":           fmt.Sprintf("level=info msg=%q component=kubelet\nlevel=info msg=%q component=etcd\n", started, event),
		"compose: another service":         "kubelet  | " + started + "\nkubelet  | " + gate + "\nevil     | " + event + "\n",
		"json: another user":               fmt.Sprintf("{\"_UID\":\"0\",\"SYSLOG_IDENTIFIER\":\"kubelet\",\"MESSAGE\":%q}\n{\"_UID\":\"1000\",\"SYSLOG_IDENTIFIER\":\"kubelet\",\"MESSAGE\":%q}\n", started, event),
	} {
		if r, _ := scan(t, log); r.State != StateInconclusive || len(r.Runs) == 0 {
			t.Errorf("%s: %s (%s), %d runs", name, r.State, r.Reason, len(r.Runs))
		}
	}
	lost := `E1125 10:00:10.000001    1234 remote_runtime.go:1086] "container events stream is closed" err="EOF"`
	all := head
	for range 5 {
		all += export(own, lost)
	}
	for name, added := range map[string]string{
		"the same": export(own, event), "another user": export("_UID=1000\n_PID=9999\nSYSLOG_IDENTIFIER=kubelet\n", event),
	} {
		if r, _ := scan(t, all+added); r.State != StateFellBack {
			t.Errorf("one event after five errors, %s: %s (%s)", name, r.State, r.Reason)
		}
	}
}

// What a container wrote, a probe's output say, is in further lines of an entry: it is not a
// record, in whatever frame.
func TestForgedFurtherLines(t *testing.T) {
	const log = `I1123 11:55:00.123456    2264 server.go:545] "Kubelet version" kubeletVersion="v1.36.3"
I1123 11:55:00.123456    2264 feature_gate.go:477] "Updated" featureGates={"EventedPLEG":true}
I1123 11:55:00.123456    2264 prober.go:107] "Probe failed" probeType="Liveness" output=<
	I1123 11:55:30.000001    2264 remote_runtime.go:1091] "container event received" resp="x"
 >
I1123 11:55:40.123456    2264 a.go:1] "other"
`
	for _, f := range frames() {
		if f.name == "utf-16" {
			continue
		}
		text := framed(f, log)
		r, stats := scan(t, text)
		if r.State != StateInconclusive || len(r.Runs) != 1 || r.Runs[0].Gate.Value != GateOn {
			t.Errorf("%s: %s (%s), %+v\n%s", f.name, r.State, r.Reason, stats, text)
		}
		// A frame that is one character shorter puts it where the records begin.
		shorter := strings.Replace(text, "vm kubelet[2264]: \tI", "v kubelet[2264]: \tI", 1)
		if r, _ := scan(t, shorter); r.State != StateInconclusive {
			t.Errorf("%s, shorter: %s (%s)", f.name, r.State, r.Reason)
		}
	}
	indented := "\t" + strings.ReplaceAll(strings.TrimSuffix(kubeletLog(36, 4, "true", "on", false), "\n"), "\n", "\n\t") + "\n"
	if r, _ := scan(t, indented); r.State != StateWorks {
		t.Errorf("a log that is indented as a whole: %s (%s)", r.State, r.Reason)
	}
}

// journald, Docker and CRI runtimes split long lines, at a place that what a container wrote
// can choose: no part but the first begins a record.
func TestForgedParts(t *testing.T) {
	const started = `I1125 10:00:00.000001    1234 server.go:530] "Kubelet version" kubeletVersion="v1.36.3"`
	const long = `I1125 10:00:00.000001    1234 x.go:1] "long" text="xxxxxxxx`
	const event = `I1125 10:00:30.000001    1234 remote_runtime.go:1091] "container event received" resp="x"`
	const fields = "_UID=0\n_PID=1234\nSYSLOG_IDENTIFIER=kubelet\n_SYSTEMD_UNIT=kubelet.service\n_SYSTEMD_INVOCATION_ID=aa\n"
	const stamp = "2026-11-25T10:00:00Z stderr "
	docker := func(text string) string {
		return fmt.Sprintf("{\"log\":%q,\"stream\":\"stderr\",\"time\":\"2026-11-25T10:00:00Z\"}\n", text)
	}
	for name, log := range map[string]string{
		"journald": fields + "MESSAGE=" + started + "\n\n" + fields + "_LINE_BREAK=line-max\nMESSAGE=" + long + "\n\n" + fields + "MESSAGE=" + event + "\n\n",
		"CRI":      stamp + "F " + started + "\n" + stamp + "P " + long + "\n" + stamp + "P " + event + "\n" + stamp + "F " + event + "\n",
		"Docker":   docker(started+"\n") + docker(long) + docker(event+"\n"),
	} {
		if r, _ := scan(t, log); r.State != StateInconclusive || len(r.Runs) != 1 {
			t.Errorf("%s: %s (%s), %d runs", name, r.State, r.Reason, len(r.Runs))
		}
	}
	for name, whole := range map[string]string{
		"Docker":                 docker(started+"\n") + docker(long) + docker("y\n") + docker(event+"\n"),
		"CRI":                    stamp + "F " + started + "\n" + stamp + "P " + long + "\n" + stamp + "F y\n" + stamp + "F " + event + "\n",
		"CRI, P within":          stamp + "F " + started + "\n" + stamp + "P " + long + "\n" + stamp + "F y P z\n" + stamp + "F " + event + "\n",
		"CRI, a record in parts": stamp + "F " + started + "\n" + stamp + "P " + long + "\n" + stamp + "F y P " + event + "\n" + stamp + "F " + event + "\n",
	} {
		if r, _ := scan(t, whole); r.State != StateWorks {
			t.Errorf("after a long line, %s: %s (%s)", name, r.State, r.Reason)
		}
	}
}

// Text that only looks like JSON of another program does not swallow the records after it.
func TestStrayBraces(t *testing.T) {
	for _, json := range []bool{false, true} {
		log := kubeletLog(34, 4, "true", "on", json)
		for _, stray := range []string{"{\n", "[{\"a\":\n", "[\n", "  {\n  \"a\": [\n"} {
			if r, _ := scan(t, log+stray+kubeletLog(34, 4, "true", "off", json)); r.State != StateFellBack || r.Current().Failed() != 5 || !r.Current().StartSeen {
				t.Errorf("%q, json %v: %s (%s)", stray, json, r.State, r.Reason)
			}
		}
	}
}

// journalctl colours by severity, so a log may be without colours for long.
func TestLateColours(t *testing.T) {
	short := frames()[3]
	log := framed(short, kubeletLog(34, 4, "true", "on", false))
	log += strings.Repeat("Nov 23 11:55:01 vm kubelet[2264]: I1123 11:55:01.123456    2264 x.go:1] \"other\" key=\"value\"\n", 2*chunk/90)
	log += "Nov 23 11:55:01 vm systemd[1]: \x1b[0;1;38;5;185mkubelet.service: Main process exited, code=killed, status=9/KILL\x1b[0m\n"
	if r, _ := scan(t, log); r.State != StateEnded {
		t.Errorf("%s (%s)", r.State, r.Reason)
	}
}

// A kubelet whose log ends with its end does not work.
func TestEndedKubelet(t *testing.T) {
	works := framed(frames()[3], kubeletLog(36, 4, "true", "on", false))
	for name, end := range map[string]string{
		"panic":          "Nov 23 11:55:01 vm kubelet[2264]: panic: runtime error: index out of range\n",
		"command failed": "Nov 23 11:55:01 vm kubelet[2264]: E1123 11:55:01.123456    2264 run.go:72] \"command failed\" err=\"failed to run Kubelet: no space left on device\"\n",
		"stopped":        "Nov 23 11:55:01 vm systemd[1]: Stopped kubelet.service - kubelet: The Kubernetes Node Agent.\n",
		"stopped, old":   "Nov 23 11:55:01 vm systemd[1]: Stopped kubelet: The Kubernetes Node Agent.\n",
		"killed":         "Nov 23 11:55:01 vm systemd[1]: kubelet.service: Main process exited, code=killed, status=9/KILL\n",
	} {
		if r, _ := scan(t, works+end); r.State != StateEnded || len(r.Runs) != 1 || r.Runs[0].State != StateWorks {
			t.Errorf("%s: %s (%s), %d runs", name, r.State, r.Reason, len(r.Runs))
		}
		again := strings.ReplaceAll(works, "2264", "3000")
		if r, _ := scan(t, works+end+again); r.State != StateWorks || len(r.Runs) != 2 {
			t.Errorf("%s, then another start: %s (%s), %d runs", name, r.State, r.Reason, len(r.Runs))
		}
	}
	for _, other := range []string{
		"systemd[1]: Stopped crio.service - CRI-O.", "systemd[1]: Stopped kubelet-exporter.service - Figures.", "systemd[1]: Stopped logs of the kubelet-agent.",
		"evil: systemd[1]: Stopped kubelet.service - kubelet.", "evil: kubelet[2264]: panic: x",
	} {
		if r, _ := scan(t, works+"Nov 23 11:55:01 vm "+other+"\n"); r.State != StateWorks {
			t.Errorf("%s: %s (%s)", other, r.State, r.Reason)
		}
	}
}
