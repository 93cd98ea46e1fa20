package logscan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// A testFrame is what programs put around each entry of a kubelet's log.
type testFrame struct {
	name string
	// write writes one entry; systemd reports whether the frame shows entries of systemd.
	write   func(b *strings.Builder, e Entry)
	systemd bool
	// json: an entry may be more or fewer lines than one.
	json bool
	// around encloses the whole.
	before, after string
}

// frames are the frames that logs come in. Each writes an entry of a recording.
func frames() []testFrame {
	line := func(format string, args func(e Entry) []any) func(*strings.Builder, Entry) {
		return func(b *strings.Builder, e Entry) {
			fmt.Fprintf(b, strings.ReplaceAll(format, "MSG", "%[1]s")+"\n", append([]any{string(e.Message)}, args(e)...)...)
		}
	}
	// each writes a line of the frame around each line of a message, as containers do.
	const micro = "2006-01-02T15:04:05.000000Z07:00"
	head := func(stamp func(time.Time) string, name func(Entry) string) func(*strings.Builder, Entry) {
		return func(b *strings.Builder, e Entry) {
			fmt.Fprintf(b, "%s vm %s[%d]: %s\n", stamp(e.Time), name(e), e.PID, e.Message)
		}
	}
	layout := func(l string) func(time.Time) string { return func(t time.Time) string { return t.Format(l) } }
	identifier := func(e Entry) string { return e.Identifier }
	short := head(layout("Jan _2 15:04:05"), identifier)
	prefixed := func(prefix string) func(*strings.Builder, Entry) {
		return func(b *strings.Builder, e Entry) { b.WriteString(prefix); short(b, e) }
	}
	object := func(make func(e Entry) any) func(*strings.Builder, Entry) {
		return func(b *strings.Builder, e Entry) {
			text, err := json.Marshal(make(e))
			if err != nil {
				panic(err)
			}
			b.Write(text)
			b.WriteByte('\n')
		}
	}
	journal := func(e Entry) map[string]any {
		m := map[string]any{
			"__CURSOR": e.Cursor, "__REALTIME_TIMESTAMP": fmt.Sprint(e.Time.UnixMicro()), "_BOOT_ID": e.Boot, "_UID": "0",
			"SYSLOG_IDENTIFIER": e.Identifier, "_PID": fmt.Sprint(e.PID), "MESSAGE": string(e.Message),
			"_SYSTEMD_UNIT": e.Unit, "_SYSTEMD_INVOCATION_ID": e.Invocation,
		}
		if e.PID == 1 {
			m["_SYSTEMD_UNIT"], m["UNIT"], m["INVOCATION_ID"] = "init.scope", e.Unit, e.Invocation
		}
		return m
	}
	none := func(Entry) []any { return nil }
	at := func(layout string) func(Entry) []any {
		return func(e Entry) []any { return []any{e.Time.Format(layout)} }
	}
	return []testFrame{
		{name: "klog", write: line("MSG", none)},
		{name: "cat", write: line("MSG", none), systemd: true},
		{name: "crlf", write: func(b *strings.Builder, e Entry) { fmt.Fprintf(b, "%s\r\n", e.Message) }},
		{name: "short", write: short, systemd: true},
		{name: "short-precise", write: head(layout("Jan _2 15:04:05.000000"), identifier), systemd: true},
		{name: "short-iso", write: head(layout("2006-01-02T15:04:05-0700"), identifier), systemd: true},
		{name: "short-iso-precise", write: head(layout("2006-01-02T15:04:05.000000-07:00"), identifier), systemd: true},
		{name: "short-full", write: head(layout("Mon 2006-01-02 15:04:05 MST"), identifier), systemd: true},
		{name: "short-unix", write: head(func(t time.Time) string { return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000) }, identifier), systemd: true},
		{name: "short-monotonic", write: head(func(time.Time) string { return "[ 8263.772719]" }, identifier)},
		{name: "with-unit", write: head(layout("Mon 2006-01-02 15:04:05 MST"), func(e Entry) string { return e.Unit }), systemd: true},
		{name: "korean", write: head(func(t time.Time) string { return t.Format("1월 _2 15:04:05") }, identifier)},
		{name: "german", write: head(func(t time.Time) string { return "Mär " + t.Format("_2 15:04:05") }, identifier)},
		{name: "rsyslog", write: func(b *strings.Builder, e Entry) {
			e.Message = bytes.ReplaceAll(e.Message, []byte("\t"), []byte("#011"))
			short(b, e)
		}, systemd: true},
		{name: "rfc3164", write: prefixed("<30>"), systemd: true},
		{name: "rfc5424", write: func(b *strings.Builder, e Entry) {
			fmt.Fprintf(b, "<30>1 %s vm %s %d - - %s\n", e.Time.Format(micro), e.Identifier, e.PID, e.Message)
		}},
		{name: "grep", write: prefixed("/var/log/messages:"), systemd: true},
		{name: "grep -n", write: func(b *strings.Builder, e Entry) { fmt.Fprintf(b, "17:%s\n", e.Message) }},
		{name: "grep -Hn", write: func(b *strings.Builder, e Entry) { fmt.Fprintf(b, "logs/kubelet.log:17:%s\n", e.Message) }},
		{name: "markdown", write: prefixed("    "), systemd: true},
		{name: "quoted", write: prefixed("> "), systemd: true},
		{name: "colours", write: func(b *strings.Builder, e Entry) {
			e.Message = []byte("\x1b[0;1;31m" + string(e.Message) + "\x1b[0m")
			short(b, e)
		}},
		{name: "rsyslog colours", write: func(b *strings.Builder, e Entry) {
			e.Message = []byte("#033[0;1;31m" + strings.ReplaceAll(string(e.Message), "\t", "#011") + "#033[0m")
			short(b, e)
		}},
		{name: "grep --color", write: func(b *strings.Builder, e Entry) {
			text := strings.ReplaceAll(string(e.Message), "event", "\x1b[01;31m\x1b[Kevent\x1b[m\x1b[K")
			fmt.Fprintln(b, strings.ReplaceAll(text, "EventedPLEG", "\x1b[01;31m\x1b[KEventedPLEG\x1b[m\x1b[K"))
		}},
		{name: "docker logs -t", write: line("%[2]s MSG", at(time.RFC3339Nano))},
		{name: "kubectl logs", write: line("[pod/kubelet-vm/kubelet] %[2]s MSG", at(time.RFC3339Nano))},
		{name: "compose", write: line("kubelet-1  | MSG", none)},
		{name: "compose -t", write: line("kubelet  | %[2]s MSG", at(time.RFC3339Nano))},
		{name: "talos", write: line("10.5.0.2: MSG", none)},
		{name: "logcli", write: line(`%[2]s {job="kubelet",node="vm"} MSG`, at(time.RFC3339))},
		{name: "cri", write: line("%[2]s stderr F MSG", at(time.RFC3339Nano))},
		{name: "docker", write: object(func(e Entry) any {
			return map[string]any{"log": string(e.Message) + "\n", "stream": "stderr", "time": e.Time}
		})},
		{name: "k0s", write: func(b *strings.Builder, e Entry) {
			fmt.Fprintf(b, "time=%q level=info msg=%q component=kubelet stream=stderr\n", e.Time.Format("2006-01-02 15:04:05"), e.Message)
		}},
		{name: "HTML", write: func(b *strings.Builder, e Entry) { fmt.Fprintln(b, html.EscapeString(string(e.Message))) }},
		{name: "editor", write: func(b *strings.Builder, e Entry) {
			quotes := []string{"“", "”"}
			for i := 0; strings.Contains(string(e.Message), `"`); i++ {
				e.Message = []byte(strings.Replace(string(e.Message), `"`, quotes[i%2], 1))
			}
			short(b, e)
		}, systemd: true},
		{name: "csv", write: func(b *strings.Builder, e Entry) {
			fmt.Fprintf(b, "%s,\"%s\"\n", e.Time.Format(time.RFC3339), strings.ReplaceAll(string(e.Message), `"`, `""`))
		}},
		{name: "json", write: object(func(e Entry) any { return journal(e) }), systemd: true},
		{name: "json numbers", write: object(func(e Entry) any {
			m := journal(e)
			var numbers []int
			for _, c := range e.Message {
				numbers = append(numbers, int(c))
			}
			m["MESSAGE"] = numbers
			return m
		}), systemd: true},
		{name: "json array", before: "[\n", after: "{}\n]\n", write: func(b *strings.Builder, e Entry) {
			text, _ := json.Marshal(journal(e))
			fmt.Fprintf(b, "%s,\n", text)
		}, systemd: true, json: true},
		{name: "json-pretty", write: func(b *strings.Builder, e Entry) {
			text, _ := json.MarshalIndent(journal(e), "", "\t")
			fmt.Fprintf(b, "%s\n", text)
		}, systemd: true, json: true},
		{name: "verbose", write: func(b *strings.Builder, e Entry) {
			fmt.Fprintf(b, "%s [s=1;i=1]\n", e.Time.Format("Mon 2006-01-02 15:04:05.000000 MST"))
			for name, value := range journal(e) {
				fmt.Fprintf(b, "    %s=%s\n", name, value)
			}
		}, systemd: true, json: true},
		{name: "CloudWatch", before: "{\n    \"events\": [\n", after: "        {}\n    ]\n}\n", write: func(b *strings.Builder, e Entry) {
			text, _ := json.MarshalIndent(map[string]any{"timestamp": e.Time.UnixMilli(), "message": string(e.Message), "ingestionTime": e.Time.UnixMilli()}, "        ", "    ")
			fmt.Fprintf(b, "        %s,\n", text)
		}, json: true},
		{name: "Cloud Logging", before: "[\n", after: "]\n", write: func(b *strings.Builder, e Entry) {
			text, _ := json.MarshalIndent(map[string]any{
				"insertId": "x", "labels": map[string]string{"node": "vm"}, "timestamp": e.Time,
				"jsonPayload": map[string]any{"MESSAGE": string(e.Message), "_SYSTEMD_UNIT": e.Unit, "_PID": fmt.Sprint(e.PID)},
			}, "  ", "  ")
			fmt.Fprintf(b, "  %s,\n", text)
		}, json: true},
		{name: "Azure", write: object(func(e Entry) any {
			return map[string]any{"TimeGenerated": e.Time, "Computer": "vm", "LogEntry": string(e.Message)}
		})},
		{name: "Loki", before: `{"status":"success","data":{"resultType":"streams","result":[{"stream":{"node":"vm"},"values":[` + "\n", after: "[]]}]}}\n", write: func(b *strings.Builder, e Entry) {
			text, _ := json.Marshal([]string{fmt.Sprint(e.Time.UnixNano()), string(e.Message)})
			fmt.Fprintf(b, "%s,\n", text)
		}, json: true},
		{name: "collector", write: object(func(e Entry) any {
			return map[string]any{"@timestamp": e.Time, "kubernetes": map[string]string{"node": "vm"}, "message": string(e.Message)}
		})},
		{name: "Ansible", before: "ok: [vm] => {\n    \"log.stdout_lines\": [\n", after: "        \"\"\n    ]\n}\n", write: func(b *strings.Builder, e Entry) {
			var inner strings.Builder
			short(&inner, e)
			fmt.Fprintf(b, "        %s,\n", quoteJSON(strings.TrimSuffix(inner.String(), "\n")))
		}, systemd: true, json: true},
		{name: "gh run view", write: line("e2e\tCollect logs\t%[2]s MSG", at(time.RFC3339Nano))},
		{name: "Fluent Bit", write: func(b *strings.Builder, e Entry) {
			fmt.Fprintf(b, "[0] kubelet: [[%d.0, {}], {\"MESSAGE\"=>%s, \"_PID\"=>\"%d\"}]\n", e.Time.Unix(), quoteJSON(string(e.Message)), e.PID)
		}, json: true},
		{name: "GELF", write: object(func(e Entry) any {
			return map[string]any{"version": "1.1", "host": "vm", "short_message": string(e.Message), "timestamp": e.Time.Unix()}
		})},
		{name: "OTLP", write: object(func(e Entry) any {
			return map[string]any{"timeUnixNano": fmt.Sprint(e.Time.UnixNano()), "body": map[string]any{"stringValue": string(e.Message)}}
		})},
		{name: "Elasticsearch", write: object(func(e Entry) any {
			return map[string]any{"_index": "k", "_source": map[string]any{"@timestamp": e.Time, "message": string(e.Message)}}
		})},
		{name: "diff", write: line("+MSG", none)},
		{name: "svlogd", write: line("%[2]s MSG", at("2006-01-02_15:04:05.00000"))},
		{name: "utf-16", write: line("MSG", none)},
	}
}

// as writes a recording in one of the frames.
func as(t testing.TB, export []byte, name string) string {
	t.Helper()
	for _, f := range frames() {
		if f.name != name {
			continue
		}
		var b strings.Builder
		b.WriteString(f.before)
		err := DecodeExport(bytes.NewReader(export), func(e Entry) error {
			if e.PID != 1 || f.systemd {
				f.write(&b, e)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(f.after)
		if name == "utf-16" {
			units := utf16.Encode([]rune("\ufeff" + b.String()))
			text := make([]byte, 0, 2*len(units))
			for _, u := range units {
				text = append(text, byte(u), byte(u>>8))
			}
			return string(text)
		}
		return b.String()
	}
	t.Fatalf("no frame %q", name)
	return ""
}
