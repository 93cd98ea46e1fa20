package kubeletsim

import (
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// klog writes log lines as k8s.io/klog does as text, and k8s.io/component-base/logs as
// JSON. One call is one write; the sink cuts it into journal entries.
type klog struct {
	json      bool
	verbosity int
	pid       int
	now       func() time.Time
	write     func(string)
}

// place is where a line comes from, "pleg/evented.go:132"; text shows the base only.
type place string

// info writes a structured line at level v; kv are keys and values in turn.
func (l *klog) info(v int, at place, msg string, kv ...any) {
	if v > l.verbosity {
		return
	}
	if l.json {
		l.writeJSON(at, msg, append([]any{"v", v}, kv...))
		return
	}
	l.write(l.header('I', at) + strconv.Quote(msg) + pairs(kv))
}

// plainf writes an unstructured line at level v.
func (l *klog) plain(v int, at place, msg string) {
	if v > l.verbosity {
		return
	}
	if l.json {
		l.writeJSON(at, msg, []any{"v", v})
		return
	}
	l.write(l.header('I', at) + msg)
}

// error writes an error line; it is shown at every verbosity. An empty err is left out.
func (l *klog) error(err string, at place, msg string, kv ...any) {
	if err != "" {
		kv = append([]any{"err", err}, kv...)
	}
	if l.json {
		l.writeJSON(at, msg, kv)
		return
	}
	l.write(l.header('E', at) + strconv.Quote(msg) + pairs(kv))
}

func (l *klog) header(severity byte, at place) string {
	return fmt.Sprintf("%c%s %7d %s] ", severity, l.now().Format("0102 15:04:05.000000"), l.pid, path.Base(string(at)))
}

// pairs: strings are quoted, text of several lines is indented by a tab between "=<" and
// " >", other values stand as JSON.
func pairs(kv []any) string {
	var b strings.Builder
	for i := 0; i+1 < len(kv); i += 2 {
		fmt.Fprintf(&b, " %v=", kv[i])
		switch v := kv[i+1].(type) {
		case string:
			if !strings.Contains(v, "\n") {
				b.WriteString(strconv.Quote(v))
				continue
			}
			b.WriteString("<\n")
			for line := range strings.SplitSeq(strings.TrimSuffix(v, "\n"), "\n") {
				b.WriteString("\t" + line + "\n")
			}
			b.WriteString(" >")
		default:
			text, err := json.Marshal(v)
			if err != nil {
				text = []byte(strconv.Quote(err.Error()))
			}
			b.Write(text)
		}
	}
	return b.String()
}

// writeJSON: ts is in milliseconds since the epoch, with a fraction.
func (l *klog) writeJSON(at place, msg string, kv []any) {
	var b strings.Builder
	ts := strconv.FormatFloat(float64(l.now().UnixMicro())/1000+0.0004, 'f', 4, 64)
	fmt.Fprintf(&b, `{"ts":%s,"caller":%s,"msg":%s`, ts, quoteJSON(string(at)), quoteJSON(msg))
	for i := 0; i+1 < len(kv); i += 2 {
		fmt.Fprintf(&b, ",%s:%s", quoteJSON(fmt.Sprint(kv[i])), quoteJSON(kv[i+1]))
	}
	b.WriteString("}")
	l.write(b.String())
}

func quoteJSON(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return strconv.Quote(err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}
