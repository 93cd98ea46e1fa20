package runtimecfg

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
)

// syntaxHint guesses what was meant by a line that is not TOML. Kubernetes' task page on
// Evented PLEG shows the key with a colon (kubernetes/website#55670).
func syntaxHint(src []byte, err *tomldoc.Error) string {
	line := lineAround(src, lineOffset(src, err.Line))
	switch {
	case strings.Contains(line, "{{") || strings.Contains(line, "{%"):
		return "this is a template, not the file that is made from it"
	case bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) && err.Line <= 1:
		return "the file begins with a byte order mark: remove its first three bytes"
	case strings.Contains(err.Reason, "already"):
		return "keep one of the two"
	}
	key, value, colon, ok := cutLine(line)
	switch {
	case ok && looksLikePodEvents(key):
		return spellBool(key, value)
	case ok && colon:
		return "TOML needs `key = value`, with '=' instead of ':'"
	case !ok && strings.Contains(err.Reason, "'='"):
		return "TOML needs `key = value`"
	}
	return ""
}

func lineAround(src []byte, offset int) string {
	offset = min(offset, len(src))
	start := bytes.LastIndexByte(src[:offset], '\n') + 1
	line, _, _ := bytes.Cut(src[start:], []byte("\n"))
	return string(line)
}

// cutLine splits `key: value` or `key = value`, without quotes and comment.
func cutLine(line string) (key, value string, colon, ok bool) {
	line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
	i := strings.IndexAny(line, ":=")
	if i < 0 {
		return "", "", false, false
	}
	return strings.Trim(strings.TrimSpace(line[:i]), `"'`), line[i+1:], line[i] == ':', true
}

// spellBool is the right line for what a person wrote as value.
func spellBool(key, value string) string {
	on, ok := meantBool(value)
	if !ok {
		return fmt.Sprintf("write `%s = true` or `%s = false`", key, key)
	}
	return fmt.Sprintf("write `%s = %t`", key, on)
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
