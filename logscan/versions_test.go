package logscan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
)

// kubeletLog writes what a kubelet of that minor version logs, by the facts: gate is
// "true", "false" or "" for unset; what is on, off or restart, as the recordings have it.
func kubeletLog(minor int, level int, gate, what string, json bool) string {
	var b strings.Builder
	emit := func(v int, severity byte, where, text, keys string) {
		if v > level {
			return
		}
		if !json {
			if keys != "" {
				text = `"` + text + `" ` + keys
			}
			fmt.Fprintf(&b, "%c1123 11:55:00.123456    2264 %s] %s\n", severity, where, text)
			return
		}
		fmt.Fprintf(&b, `{"ts":1795434898733.0001,"caller":"x/%s","msg":%s`, where, quoteJSON(text))
		if severity == 'I' {
			fmt.Fprintf(&b, `,"v":%d`, v)
		}
		if name, value, ok := strings.Cut(keys, "="); ok {
			fmt.Fprintf(&b, `,%q:%s`, name, value)
		}
		b.WriteString("}\n")
	}
	gates := func() {
		listed := ""
		if gate != "" {
			listed = known.Gate + ":" + gate
		}
		switch {
		case minor < 30:
			emit(1, 'I', "feature_gate.go:249", "feature gates: &{map["+listed+"]}", "")
		case minor < 36:
			emit(1, 'I', "feature_gate.go:385", "feature gates: {map["+listed+"]}", "")
		default:
			if gate != "" {
				listed = `"` + known.Gate + `":` + gate
			}
			emit(1, 'I', "feature_gate.go:477", "Updated", "featureGates={"+listed+"}")
		}
	}
	if minor >= 37 {
		config := []string{"address: 0.0.0.0", "failSwapOn: false"}
		if gate != "" {
			config = append(config, "featureGates:", "  "+known.Gate+": "+gate)
		}
		config = append(config, "fileCheckFrequency: 20s", "logging:", "  format: text", fmt.Sprintf("  verbosity: %d", level))
		if json {
			emit(0, 'I', "server.go:257", "Effective KubeletConfiguration", "config="+quoteJSON(strings.Join(config, "\n")))
		} else {
			emit(0, 'I', "server.go:257", "Effective KubeletConfiguration", "config=<\n\t"+strings.Join(config, "\n\t")+"\n >")
		}
	}
	emit(1, 'I', "flags.go:64", `FLAG: --feature-gates=""`, "")
	emit(1, 'I', "flags.go:64", `FLAG: --v="0"`, "")
	gates()
	emit(0, 'I', "server.go:520", "Kubelet version", fmt.Sprintf(`kubeletVersion="v1.%d.3"`, minor))
	gates()
	emit(4, 'I', "remote_runtime.go:80", "Validating the CRI v1 API runtime version", `x="y"`)
	if gate != "true" {
		return b.String()
	}
	event := func() {
		emit(4, 'I', "log.go:25", "container event received", `resp="container_id:\"c\"  container_event_type:CONTAINER_STOPPED_EVENT  created_at:1"`)
		if minor < 37 {
			emit(4, 'I', "evented.go:277", "Received Container Stopped Event", `event="x"`)
			emit(4, 'I', "evented.go:238", "Evented PLEG: Generated pod status from the received event", `podUID="u"`)
		} else {
			emit(4, 'I', "evented.go:132", "Evented PLEG: requested pod relist after container termination", `podUID="u"`)
		}
	}
	fail := func(text, cause string) {
		emit(0, 'E', "log.go:32", text, `err="`+cause+`"`)
		if minor < 37 {
			emit(4, 'I', "evented.go:206", "Evented PLEG: Failed to get container events, retrying: ", `err="`+cause+`"`)
		} else {
			emit(4, 'I', "evented.go:97", "Evented PLEG: failed to get container events, retrying", `err="`+cause+`"`)
		}
	}
	giveUp := func() {
		if minor < 37 {
			emit(4, 'I', "evented.go:190", "Fall back to Generic PLEG relisting since Evented PLEG is not working", `x="y"`)
		} else {
			emit(0, 'E', "evented.go:81", "Evented PLEG: disabling container-termination fast path after exhausting event stream retries", `err="EOF"`)
		}
	}
	switch what {
	case "on":
		event()
	case "off":
		for range 5 {
			fail("container events stream is closed", "EOF")
		}
		giveUp()
	case "old":
		for range 5 {
			fail("failed to receive streaming container event", "rpc error: code = Unimplemented desc = unknown method GetContainerEvents")
		}
		giveUp()
	case "restart":
		event()
		fail("failed to receive streaming container event", "rpc error: code = Unavailable desc = error reading from server: EOF")
		for range 4 {
			fail("GetContainerEvents failed to get streaming client", "rpc error: code = Unavailable desc = connection error")
		}
		giveUp()
		event() // one that was still in the channel
	case "hiccup":
		event()
		for range 4 {
			fail("GetContainerEvents failed to get streaming client", "rpc error: code = Unavailable desc = connection error")
		}
	case "recovered":
		fail("container events stream is closed", "EOF")
		event()
	}
	return b.String()
}

// Every minor version, verbosity, gate, case and format: the state is what that kubelet's
// log shows, and never more.
func TestEveryVersionVerbosityAndCase(t *testing.T) {
	for minor := 26; minor <= 37; minor++ {
		for level := 0; level <= 6; level++ {
			for _, json := range []bool{false, true} {
				check := func(gate, what string, want State) {
					t.Helper()
					log := kubeletLog(minor, level, gate, what, json)
					r, _ := scan(t, log)
					if r.State != want || len(r.Runs) != 1 {
						t.Errorf("1.%d v%d gate %q %s json %v: %s (%s), %d runs, want %s\n%s", minor, level, gate, what, json, r.State, r.Reason, len(r.Runs), want, log)
					}
				}
				shown := level >= 1 || minor >= 37
				off, seen := StateInconclusive, StateInconclusive
				if shown {
					off = StateOff
				}
				if level >= 4 {
					seen = StateWorks
				}
				check("", "", off)
				check("false", "", off)
				check("true", "on", seen)
				check("true", "idle", StateInconclusive)
				check("true", "off", StateFellBack)
				check("true", "old", StateFellBack)
				check("true", "restart", StateFellBack)
				check("true", "hiccup", StateInconclusive)
				check("true", "recovered", seen)
			}
		}
	}
}

// What is left when only the lines of evented.go were kept (grep), the usual paste.
func TestExcerpts(t *testing.T) {
	for _, c := range []struct {
		name, log string
		want      State
	}{
		{"the task page's check", `I1123 11:55:00.123456    2264 feature_gate.go:249] feature gates: &{map[EventedPLEG:true]}`, StateInconclusive},
		{"an event used", `I1123 11:55:00.123456    2264 evented.go:238] "Evented PLEG: Generated pod status from the received event" podUID="u"`, StateWorks},
		{"an event used, then fallen back", "I1123 11:55:00.123456    2264 evented.go:238] \"Evented PLEG: Generated pod status from the received event\" podUID=\"u\"\nI1123 11:56:00.123456    2264 evented.go:194] \"Fall back to Generic PLEG relisting since Evented PLEG is not working\"", StateFellBack},
		{"1.37 gave up", `E1123 11:56:00.123456    2264 evented.go:81] "Evented PLEG: disabling container-termination fast path after exhausting event stream retries" err="EOF" retries=5`, StateFellBack},
		{"the flag", `I1123 11:55:00.123456    2264 flags.go:64] FLAG: --feature-gates="EventedPLEG=false"`, StateOff},
		{"the flag says nothing", `I1123 11:55:00.123456    2264 flags.go:64] FLAG: --feature-gates=""`, StateInconclusive},
		{"a kubelet before the gate", `I1123 11:55:00.123456    2264 server.go:413] "Kubelet version" kubeletVersion="v1.25.16"`, StateOff},
		{"a kubelet after this program", "I1123 11:55:00.123456    2264 feature_gate.go:500] \"Updated\" featureGates={}\nI1123 11:55:00.123456    2264 server.go:1] \"Kubelet version\" kubeletVersion=\"v1.40.0\"", StateInconclusive},
		{"the end of a configuration", "\tfeatureGates:\n\t  EventedPLEG: false\n >\nI1123 11:55:00.123456    2264 server.go:545] \"Kubelet version\" kubeletVersion=\"v1.37.2\"", StateInconclusive},
		{"a listing cut off", `I1123 11:55:00.123456    2264 feature_gate.go:385] feature gates: {map[A:true B:tr`, StateInconclusive},
	} {
		if r, _ := scan(t, c.log+"\n"); r.State != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, r.State, r.Reason, c.want)
		}
	}
}

// A kubelet that refuses its gates says so in three ways; each is told as such, and is
// neither off nor works.
func TestRefusedGates(t *testing.T) {
	for _, c := range []struct {
		name, log    string
		gates, panic bool
	}{
		{"flag", `E1123 11:55:00.123456    2264 run.go:72] "command failed" err="failed to set feature gates from initial flags-based config: unrecognized feature gate: X"`, true, false},
		{"file up to 1.31, plain", "Error: failed to set feature gates from initial flags-based config: unrecognized feature gate: EventedPLEG", true, false},
		{"file from 1.32", "panic: failed to merge global and in-flight KubeletConfiguration while setting defaults, error: unrecognized feature gate: X\n\ngoroutine 1 [running]:\nk8s.io/x(0x1)\n\t/go/defaults.go:71 +0x1a5", true, true},
		{"locked", `E1123 11:55:00.123456    2264 run.go:72] "command failed" err="cannot set feature gate PLEGOnDemandRelist to false, feature is locked to true"`, true, false},
		{"dependencies", "panic: WorkloadWithJob is enabled, but depends on features that are disabled: [GenericWorkload]", true, true},
		{"a quoted value", `E1123 11:55:00.123456    2264 run.go:72] "command failed" err="failed to decode: json: cannot unmarshal string into Go struct field KubeletConfiguration.featureGates of type bool"`, true, false},
		{"json", `{"ts":1795433782341.072,"caller":"cli/run.go:72","msg":"command failed","err":"failed to run Kubelet: unrecognized feature gate: X"}`, true, false},
		{"something else", `E1123 11:55:00.123456    2264 run.go:72] "command failed" err="failed to run Kubelet: validate service connection"`, false, false},
		{"a bug", "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV]\n\ngoroutine 7 [running]:\nk8s.io/kubernetes/pkg/kubelet/pleg.(*EventedPLEG).x()\n\tk8s.io/kubernetes/pkg/kubelet/pleg/evented.go:355 +0x1", false, true},
	} {
		for _, wrap := range []string{"%s", "Nov 23 11:55:00 n kubelet[7]: %s"} {
			var lines []string
			for line := range strings.Lines(c.log) {
				lines = append(lines, fmt.Sprintf(wrap, strings.TrimRight(line, "\n")))
			}
			r, _ := scan(t, strings.Join(lines, "\n")+"\n")
			if r.State != StateEnded || len(r.Runs) != 1 {
				t.Errorf("%s: %s (%s), %d runs", c.name, r.State, r.Reason, len(r.Runs))
				continue
			}
			end := r.Runs[0].End
			if end == nil || end.Gates != c.gates || end.Panic != c.panic || end.PLEG != (c.name == "a bug") {
				t.Errorf("%s: %+v", c.name, end)
			}
		}
	}
}

// A kubelet in a crash loop, then one that starts: the last counts.
func TestCrashLoopThenStart(t *testing.T) {
	crash := "panic: failed to merge global and in-flight KubeletConfiguration while setting defaults, error: unrecognized feature gate: X\n"
	log := crash + crash + crash + kubeletLog(36, 4, "true", "on", false)
	r, _ := scan(t, log)
	if r.State != StateWorks || len(r.Runs) != 4 || !r.Runs[0].End.Gates {
		t.Errorf("%s (%s), %d runs", r.State, r.Reason, len(r.Runs))
	}
}

func TestVerbosity(t *testing.T) {
	before := "I1123 11:50:00.123456    2000 server.go:1] \"Kubelet version\" kubeletVersion=\"v1.36.3\"\n"
	for _, c := range []struct {
		log  string
		want Verbosity
	}{
		{before + kubeletLog(36, 0, "true", "", false), Verbosity{0, true}},
		{kubeletLog(36, 0, "true", "", false), Verbosity{0, false}},
		{kubeletLog(36, 2, "true", "", false), Verbosity{1, false}},
		{kubeletLog(36, 4, "true", "", false), Verbosity{4, false}},
		{kubeletLog(37, 3, "true", "", false), Verbosity{3, true}},
		{strings.ReplaceAll(kubeletLog(34, 5, "true", "", false), `--v="0"`, `--v="5"`), Verbosity{5, true}},
	} {
		r, _ := scan(t, c.log)
		if got := r.Current().Verbosity; got != c.want {
			t.Errorf("verbosity %+v, want %+v of\n%s", got, c.want, c.log)
		}
	}
}
