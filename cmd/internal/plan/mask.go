package plan

import "strings"

// secretKey is the one setting of a KubeletConfiguration that may hold a credential: the
// HTTP headers with which static pods are fetched (kubelet.config.k8s.io/v1beta1).
const secretKey = "staticPodURLHeader"

// mask hides the values below that key, line by line, so that a diff may be shown and kept
// in a ticket. Lines stay lines, and what is the same on both sides stays the same.
func mask(text string) string {
	if !strings.Contains(text, secretKey) {
		return text
	}
	var out strings.Builder
	below := -1
	for line := range strings.Lines(text) {
		body := strings.TrimLeft(line, " \t")
		indent := len(line) - len(body)
		at := strings.Index(body, secretKey)
		switch {
		case at >= 0 && at <= 1:
			below = indent
			out.WriteString(line[:indent+at+len(secretKey)] + hidden(line[indent+at+len(secretKey):]))
			continue
		case below >= 0 && strings.TrimSpace(body) != "" && indent <= below && !strings.HasPrefix(body, "-"):
			below = -1
		}
		if below >= 0 {
			out.WriteString(line[:indent] + hidden(body))
			continue
		}
		out.WriteString(line)
	}
	return out.String()
}

// hidden keeps what is punctuation at both ends of a line.
func hidden(s string) string {
	value := strings.Trim(s, " \t\r\n:{}[],\"'")
	if value == "" {
		return s
	}
	head, tail, _ := strings.Cut(s, value)
	return head + "(hidden)" + tail
}
