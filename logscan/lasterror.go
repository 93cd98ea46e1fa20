package logscan

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// lastErrorRunes bounds the text of [LastError].
const lastErrorRunes = 500

// LastError returns why a program ended, from the lines that it wrote last: its newest fatal
// line, else its newest error, else its newest line. It knows how the kubelet (klog), CRI-O
// and containerd (logrus, and the errors of their command lines) and Go's runtime write. The
// text comes without its frame, on one line, escaped and shortened, and without what
// looks like a credential.
func LastError(lines []string) string {
	var best string
	found := levelNone
	for _, line := range lines {
		text, level := errorLine(strings.TrimRight(line, "\r\n"))
		if text != "" && level >= found {
			best, found = text, level
		}
	}
	return shorten(Escape(maskCredentials(best)))
}

const (
	levelNone = iota
	levelTrace
	levelOther
	levelError
	levelFatal
)

// errorLine takes the frame off a line and says how bad it is.
func errorLine(line string) (text string, level int) {
	if head, rest, ok := strings.Cut(line, " msg="); ok && strings.Contains(head+" ", "level=") {
		if quoted, err := strconv.QuotedPrefix(rest); err == nil {
			msg, _ := strconv.Unquote(quoted) // it is quoted
			rest = msg + rest[len(quoted):]
		}
		_, name, _ := strings.Cut(head, "level=")
		return rest, map[string]int{"fatal": levelFatal, "panic": levelFatal, "error": levelError}[name]
	}
	if _, text, ok := strings.Cut(line, "] "); ok && len(line) > 5 && strings.Trim(line[1:5], "0123456789") == "" {
		switch {
		case line[0] == 'F', line[0] == 'E' && strings.HasPrefix(text, `"command failed"`):
			return text, levelFatal
		case line[0] == 'E':
			return text, levelError
		}
		return text, levelOther
	}
	switch {
	case strings.HasPrefix(line, "{"): // klog in JSON: errors have no level, but an err
		if strings.Contains(line, `"msg":"command failed"`) {
			return line, levelFatal
		}
		if strings.Contains(line, `"err":`) {
			return line, levelError
		}
		return line, levelOther
	case strings.HasPrefix(line, "goroutine "), strings.HasPrefix(line, "\t"), strings.HasPrefix(line, " "), strings.HasSuffix(line, ")"):
		return line, levelTrace // of a panic, or a usage text
	case endsProgram(line):
		return line, levelFatal
	}
	return line, levelOther
}

// endsProgram reports whether a line begins like the last words of a Go program, or of a
// command line ("containerd: …" and "crio: …" are those of github.com/urfave/cli).
func endsProgram(line string) bool {
	who, _, ok := strings.Cut(line, ": ")
	return ok && slices.Contains([]string{"panic", "fatal error", "Error", "error", "kubelet", "crio", "containerd"}, who)
}

// maskCredentials hides what stands where credentials stand in addresses, headers and
// settings; the error of a configuration file may quote its line.
func maskCredentials(text string) string {
	text = regexp.MustCompile(`(://)[^/@\s"]+@`).ReplaceAllString(text, "${1}(hidden)@")
	return regexp.MustCompile(`(?i)((?:password|passwd|token|secret|auth|authorization|api_?key)\w*["']?\s*[=:]\s*(?:bearer |basic )?)("[^"]*"|'[^']*'|[^\s,;"']+)`).
		ReplaceAllString(text, "${1}(hidden)")
}

// shorten keeps both ends of a text: what failed is at its beginning, the cause at its end.
func shorten(text string) string {
	runes := []rune(text)
	if len(runes) <= lastErrorRunes {
		return text
	}
	const head = 200
	return string(runes[:head]) + " … " + string(runes[len(runes)-(lastErrorRunes-head-3):])
}
