package simnode

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// splitWords splits at blanks outside quotes, as systemd does.
func splitWords(s string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	in := false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, in = r, true
		case r == ' ' || r == '\t':
			if in {
				words = append(words, word.String())
				word.Reset()
			}
			in = false
		default:
			word.WriteRune(r)
			in = true
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words
}

// environ is the unit's environment: its Environment= and then its files, read now.
func (u *unitText) environ(root string) []string {
	env := append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"}, u.environment...)
	for _, file := range u.files {
		text, err := os.ReadFile(filepath.Join(root, file.Path))
		if err != nil {
			continue
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			line = strings.TrimSpace(line)
			name, value, ok := strings.Cut(line, "=")
			if !ok || line[0] == '#' || line[0] == ';' {
				continue
			}
			env = append(env, name+"="+unquote(value))
		}
	}
	return env
}

func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// expand replaces variables: a word "$NAME" becomes as many words as its value has,
// "${NAME}" is replaced in place.
func expand(words, env []string) []string {
	values := map[string]string{}
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		values[name] = value
	}
	var list []string
	for _, word := range words {
		if name, ok := strings.CutPrefix(word, "$"); ok && !strings.HasPrefix(name, "{") {
			list = append(list, splitWords(values[name])...)
			continue
		}
		list = append(list, os.Expand(word, func(name string) string { return values[name] }))
	}
	return list
}

// seconds reads "10", "10s", "500ms" and "1min 30s" as far as unit files here use them.
func seconds(value string) float64 {
	total := 0.0
	for part := range strings.FieldsSeq(value) {
		scale := 1.0
		for _, unit := range []struct {
			suffix string
			factor float64
		}{{"ms", 0.001}, {"min", 60}, {"s", 1}} {
			if rest, ok := strings.CutSuffix(part, unit.suffix); ok {
				part, scale = rest, unit.factor
				break
			}
		}
		n, err := strconv.ParseFloat(part, 64)
		if err == nil {
			total += n * scale
		}
	}
	return total
}
