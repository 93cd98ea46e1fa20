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

// say writes the message of that name, where this kubelet has it, with keys and values in
// turn; plain writes a text of its own in the place of it, unstructured.
func (l *klog) say(name string, kv ...any) { l.log(name, "", kv) }
func (l *klog) plain(name, text string)    { l.log(name, text, nil) }

// log: ts in JSON is in milliseconds since the epoch, with a fraction.
func (l *klog) log(name, plain string, kv []any) {
	m, ok := l.messages[name]
	if !ok || m.level > l.verbosity {
		return
	}
	text, quoted := m.text, strconv.Quote(m.text)
	if plain != "" {
		text, quoted = plain, plain
	}
	severity, v := "I", []any{"v", m.level}
	if m.level == errorLevel {
		severity, v = "E", nil
	}
	if !l.json {
		l.write(fmt.Sprintf("%s%s %7d %s] ", severity, l.now().Format("0102 15:04:05.000000"), l.pid, path.Base(m.at)) + quoted + pairs(kv))
		return
	}
	ts := strconv.FormatFloat(float64(l.now().UnixMicro())/1000+0.0004, 'f', 4, 64)
	line := fmt.Sprintf(`{"ts":%s,"caller":%s,"msg":%s`, ts, asJSON(m.at), asJSON(text))
	for kv = append(v, kv...); len(kv) > 1; kv = kv[2:] {
		line += fmt.Sprintf(",%s:%s", asJSON(kv[0]), asJSON(kv[1]))
	}
	l.write(line + "}")
}

// pairs: strings are quoted, text of several lines is indented by a tab between "=<" and
// " >", other values stand as JSON.
func pairs(kv []any) string {
	var b strings.Builder
	for ; len(kv) > 1; kv = kv[2:] {
		fmt.Fprintf(&b, " %v=", kv[0])
		switch v, isText := kv[1].(string); {
		case !isText:
			b.WriteString(asJSON(kv[1]))
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
