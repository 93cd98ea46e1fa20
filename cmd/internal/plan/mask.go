package plan

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"
)

// hidden stands for a value that may be a credential.
const hidden = "(hidden)"

// mask hides the credentials in a configuration, so that a diff may be shown and kept in a
// ticket. Which values are credentials is read from the parsed document, so that neither
// JSON in one line nor an anchor gives them away; and the masked text is parsed again: what
// it still gives away hides the whole text. Lines stay lines.
func mask(text string) string {
	if !mayHoldSecret(text) {
		return text
	}
	secrets, ok := secretsOf(text)
	if !ok {
		return hideAll(text)
	}
	out := text
	for _, secret := range secrets {
		before := out
		for _, spelling := range spellings(secret) {
			out = strings.ReplaceAll(out, spelling, hidden)
		}
		if out == before {
			// Folded over several lines: word by word.
			for _, word := range strings.Fields(secret) {
				out = strings.ReplaceAll(out, word, hidden)
			}
		}
	}
	left, ok := secretsOf(out)
	if !ok || slices.ContainsFunc(left, readable) {
		return hideAll(text)
	}
	return out
}

// The keys whose values may be credentials: of a KubeletConfiguration the HTTP headers and
// the address with which static pods are fetched (kubelet.config.k8s.io/v1beta1), of CRI-O
// the environment of every container, of containerd the logins of registries.
func secretKeys() []string {
	return []string{"staticPodURLHeader", "staticPodURL", "default_env", "password", "auth", "identitytoken"}
}

func mayHoldSecret(text string) bool {
	folded := strings.ToLower(text)
	return slices.ContainsFunc(secretKeys(), func(key string) bool { return strings.Contains(folded, strings.ToLower(key)) })
}

// secretsOf lists the credentials of a document, longest first; false where it is neither
// YAML nor TOML.
func secretsOf(text string) ([]string, bool) {
	var found []string
	collect := func(value string) {
		if value != "" {
			found = append(found, value)
		}
	}
	var table map[string]any
	if _, err := toml.Decode(text, &table); err == nil {
		walk(table, "", collect)
	} else {
		decoder := yaml.NewDecoder(strings.NewReader(text))
		for {
			var document any
			err := decoder.Decode(&document)
			if err != nil && err.Error() == "EOF" {
				break
			}
			if err != nil {
				return nil, false
			}
			walk(document, "", collect)
		}
	}
	slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(found), true
}

// walk hands on every string below a key that may hold credentials.
func walk(value any, secret string, collect func(string)) {
	switch value := value.(type) {
	case map[string]any:
		for key, below := range value {
			under := secret
			if i := slices.IndexFunc(secretKeys(), func(k string) bool { return strings.EqualFold(k, key) }); under == "" && i >= 0 {
				under = secretKeys()[i]
			}
			walk(below, under, collect)
		}
	case map[any]any:
		for _, below := range value {
			walk(below, secret, collect)
		}
	case []map[string]any:
		for _, below := range value {
			walk(below, secret, collect)
		}
	case []any:
		for _, below := range value {
			walk(below, secret, collect)
		}
	case string:
		credential(value, secret, collect)
	}
}

// credential hands on what of a value is secret: of an address its password, of a variable
// its value.
func credential(value, key string, collect func(string)) {
	switch key {
	case "":
	case "staticPodURL":
		if u, err := url.Parse(value); err == nil && u.User != nil {
			if at := strings.LastIndexByte(value, '@'); at > 0 {
				_, login, _ := strings.Cut(value[:at], "//")
				collect(login)
			}
		}
	case "default_env":
		_, of, _ := strings.Cut(value, "=")
		collect(of)
	default:
		collect(value)
	}
}

// spellings are how a value may stand in a text.
func spellings(value string) []string {
	quoted, _ := json.Marshal(value) // a string always has a spelling
	all := []string{value, strings.Trim(string(quoted), `"`), strings.ReplaceAll(value, "'", "''")}
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// readable reports whether anything but punctuation is left of a masked value.
func readable(s string) bool {
	return strings.IndexFunc(strings.ReplaceAll(s, hidden, ""), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0
}

// hideAll hides every line.
func hideAll(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(hidden)
		if strings.HasSuffix(line, "\n") {
			out.WriteByte('\n')
		}
	}
	return out.String()
}
