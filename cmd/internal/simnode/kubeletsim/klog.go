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
	messages  map[string]message
	json      bool
	verbosity int
	pid       int
	now       func() time.Time
	write     func(string)
}

// say writes the message of that name, where this kubelet has it, with keys and values in turn.
func (l *klog) say(name string, kv ...any) {
	m, ok := l.messages[name]
	if ok && m.level <= l.verbosity {
		l.line(m, strconv.Quote(m.text), m.text, kv)
	}
}

// plain writes an unstructured line.
func (l *klog) plain(name, text string) {
	if m := l.messages[name]; m.level <= l.verbosity {
		l.line(m, text, text, nil)
	}
}

// line: ts in JSON is in milliseconds since the epoch, with a fraction.
func (l *klog) line(m message, text, bare string, kv []any) {
	severity, v := "I", []any{"v", m.level}
	if m.level == errorLevel {
		severity, v = "E", nil
	}
	if !l.json {
		l.write(fmt.Sprintf("%s%s %7d %s] ", severity, l.now().Format("0102 15:04:05.000000"), l.pid, path.Base(m.at)) + text + pairs(kv))
		return
	}
	ts := strconv.FormatFloat(float64(l.now().UnixMicro())/1000+0.0004, 'f', 4, 64)
	line := fmt.Sprintf(`{"ts":%s,"caller":%s,"msg":%s`, ts, asJSON(m.at), asJSON(bare))
	kv = append(v, kv...)
	for i := 0; i+1 < len(kv); i += 2 {
		line += fmt.Sprintf(",%s:%s", asJSON(kv[i]), asJSON(kv[i+1]))
	}
	l.write(line + "}")
}

// pairs: strings are quoted, text of several lines is indented by a tab between "=<" and
// " >", other values stand as JSON.
func pairs(kv []any) string {
	var b strings.Builder
	for i := 0; i+1 < len(kv); i += 2 {
		fmt.Fprintf(&b, " %v=", kv[i])
		switch v, isText := kv[i+1].(string); {
		case !isText:
			b.WriteString(asJSON(kv[i+1]))
		case strings.Contains(v, "\n"):
			b.WriteString("<\n\t" + strings.ReplaceAll(strings.TrimSuffix(v, "\n"), "\n", "\n\t") + "\n >")
		default:
			b.WriteString(strconv.Quote(v))
		}
	}
	return b.String()
}

func asJSON(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return strconv.Quote(err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}
