package runtimecfg

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
)

// crioWords says a syntax error as CRI-O's reader does where that is one of the two that
// people make with this key, and gives the right spelling. Kubernetes' task page on Evented
// PLEG shows the key with a colon, which is no TOML (kubernetes/website#55670).
func crioWords(src []byte, err *tomldoc.Error) (text, hint string) {
	rest := src[min(err.Offset, len(src)):]
	switch {
	case strings.HasPrefix(err.Reason, "expected '=' after key") && endsInKey(src, err.Offset):
		text = "unexpected EOF; expected key separator '='"
	case strings.HasPrefix(err.Reason, "expected '=' after key") && len(rest) > 0:
		r, _ := utf8.DecodeRune(rest)
		text = fmt.Sprintf("expected '.' or '=', but got %q instead", r)
	case strings.Contains(err.Reason, "at start of value") || strings.HasPrefix(err.Reason, "expected keyword"):
		text = notAValue(leadingWord(rest))
	case strings.HasPrefix(err.Reason, "expected newline"):
		// "falsee": go-toml has read "false" and stumbles over the rest.
		_, value, _, _ := cutLine(lineAround(src, err.Offset))
		if value = strings.TrimSpace(value); value == leadingWord([]byte(value)) {
			text = notAValue(value)
		}
	}
	if text == "" {
		text = err.Reason
	}
	return text, syntaxHint(lineAround(src, err.Offset), err.Reason)
}

// syntaxHint guesses what was meant by a line that is no TOML.
func syntaxHint(line, reason string) string {
	switch {
	case strings.Contains(line, "{{") || strings.Contains(line, "{%"):
		return "this is a template, not the file that is made from it"
	case strings.Contains(reason, "U+00EF"):
		return "the file begins with a byte order mark: take its first three bytes away"
	case strings.Contains(reason, "already defined") || strings.Contains(reason, "already exists"):
		return "keep one of the two"
	}
	key, value, colon, ok := cutLine(line)
	switch {
	case ok && strings.EqualFold(key, podEventsKey):
		return spellPodEvents(value)
	case ok && colon:
		return "TOML wants `key = value`, with '=' instead of ':'"
	case !ok && strings.HasPrefix(reason, "expected '='"):
		return "TOML wants `key = value`"
	}
	return ""
}

// endsInKey tells a text that breaks off in a key from one with a stray character at its
// end: go-toml places both at the last byte.
func endsInKey(src []byte, offset int) bool {
	if offset != len(src)-1 {
		return false
	}
	before := []byte(lineAround(src, offset))
	before = before[:len(before)-1]
	return len(bytes.TrimSpace(before)) == 0 || !bytes.ContainsAny(before[len(before)-1:], " \t")
}

func notAValue(word string) string {
	if word == "" {
		return ""
	}
	return fmt.Sprintf("expected value but found %q instead", word)
}

func leadingWord(b []byte) string {
	return string(b[:len(b)-len(bytes.TrimLeftFunc(b, unicode.IsLetter))])
}

func lineAround(src []byte, offset int) string {
	offset = min(offset, len(src))
	start := bytes.LastIndexByte(src[:offset], '\n') + 1
	line, _, _ := bytes.Cut(src[start:], []byte("\n"))
	return string(line)
}

// cutLine takes `key: value` or `key = value` apart, without quotes and comment.
func cutLine(line string) (key, value string, colon, ok bool) {
	line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
	i := strings.IndexAny(line, ":=")
	if i < 0 {
		return "", "", false, false
	}
	return strings.Trim(strings.TrimSpace(line[:i]), `"'`), line[i+1:], line[i] == ':', true
}

// spellPodEvents is the right line for what a person wrote as value.
func spellPodEvents(value string) string {
	on, ok := meantBool(value)
	if !ok {
		return "write `enable_pod_events = true` or `enable_pod_events = false`"
	}
	return fmt.Sprintf("write `enable_pod_events = %t`", on)
}

// meantBool guesses the boolean that a person meant.
func meantBool(s string) (value, ok bool) {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(s), `"'`)) {
	case "true", "on", "yes", "y", "t", "1", "enable", "enabled":
		return true, true
	case "false", "off", "no", "n", "f", "0", "disable", "disabled":
		return false, true
	}
	return false, false
}
