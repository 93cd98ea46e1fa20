package bundle

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"

	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// hidden stands for a text that may be secret.
const hidden = "(hidden)"

// harmless lists the keys of configurations and the names of flags whose texts are kept: they
// are what Evented PLEG depends on, and none holds a credential.
func harmless() []string {
	return []string{
		"apiVersion", "kind", "config", "config-dir", "container-runtime", "container-runtime-endpoint", "containerRuntimeEndpoint",
		"cgroupDriver", "cgroup-driver", "cgroup_manager", "feature-gates", "enable-pod-events", "root-dir", "address", "healthzBindAddress",
		"healthz-bind-address", "staticPodPath", "pod-manifest-path", "default_runtime", "listen", "imports", "disabled_plugins",
		"root", "state", "runroot", "storage_driver",
	}
}

// redactor hides texts, and keeps in mind which it hid: what was hidden in one place must not be
// seen in another, such as the message of an error.
type redactor struct{ secrets map[string]bool }

func (r redactor) config(f source.File) Config {
	c := Config{Path: f.Path}
	if f.Err != nil {
		c.Error = f.Err.Error()
		return c
	}
	var document any
	if err := yaml.Unmarshal(f.Data, &document); err != nil || !isTable(document) {
		var table map[string]any
		if err := toml.Unmarshal(f.Data, &table); err != nil {
			// No key tells which words of such a file are secret: none may be seen.
			for _, word := range strings.Fields(string(f.Data)) {
				r.hide(strings.Trim(word, `"',:={}[]`))
			}
			c.Error = "neither YAML nor TOML"
			return c
		}
		document = table
	}
	c.Content = r.value("", false, document)
	return c
}

func isTable(document any) bool {
	_, ok := document.(map[string]any)
	return ok
}

// sensitive are keys below which a number may be a credential, too.
var sensitive = regexp.MustCompile(`(?i)token|passw|secret|credential|auth|header|env`)

// value hides the texts below a key, and numbers where the key is sensitive, or one above it.
func (r redactor) value(key string, numbers bool, value any) any {
	numbers = numbers || sensitive.MatchString(key)
	switch value := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for key, below := range value {
			kept[key] = r.value(key, numbers, below)
		}
		return kept
	case []any:
		kept := make([]any, len(value))
		for i, below := range value {
			kept[i] = r.value(key, numbers, below)
		}
		return kept
	case bool, nil:
		return value
	case int, int64, uint64, float64:
		if !numbers {
			return value
		}
	}
	text := fmt.Sprint(value)
	if slices.Contains(harmless(), key) {
		return text
	}
	r.hide(text)
	return hidden
}

func (r redactor) args(words []start.Word) []string {
	args := []string{}
	name := ""
	for i, word := range words {
		flag, value, assigned := strings.Cut(word.Text, "=")
		switch {
		case i == 0:
			args = append(args, word.Text)
		case !strings.HasPrefix(word.Text, "-"):
			args = append(args, r.flag(name, word.Text))
			name = ""
		case assigned:
			args = append(args, flag+"="+r.flag(flag, value))
		default:
			args = append(args, flag)
			name = flag
		}
	}
	return args
}

// plain is a number that tells nothing but itself.
var plain = regexp.MustCompile(`^[0-9]{1,6}$`)

func (r redactor) flag(name, value string) string {
	switch {
	case value == "true", value == "false", plain.MatchString(value) && !sensitive.MatchString(name), slices.Contains(harmless(), strings.TrimLeft(name, "-")):
		return value
	}
	r.hide(value)
	return hidden
}

func (r redactor) env(variables []start.Variable) []string {
	names := []string{}
	for _, v := range variables {
		names = append(names, v.Name)
		for _, word := range append(strings.Fields(v.Value), v.Value) {
			r.hide(word)
		}
	}
	return names
}

// hide keeps a text in mind. A path, an ordinary word and what is short are in facts for other
// reasons.
func (r redactor) hide(text string) {
	if len(text) >= 6 && !strings.HasPrefix(text, "/") && !ordinary.MatchString(text) {
		r.secrets[text] = true
	}
	if _, after, ok := strings.Cut(text, "="); ok {
		r.hide(after)
	}
}

var (
	ordinary = regexp.MustCompile(`^([a-z][a-z.-]*|[0-9.:/]+|(https?|unix)://[^@]*)$`)
	// credential is what looks like one in a message, whoever wrote it.
	credential = regexp.MustCompile(`(?i)((?:bearer|basic)\s+|(?:token|password|passwd|secret|credential|api[-_]?key)s?["']?\s*[:=]\s*["']?)[^\s"',;]+|(://)[^/\s@]+@`)
)

// scrub hides in every text of a JSON document what was hidden elsewhere, and what looks like a
// credential.
func (r redactor) scrub(document []byte) ([]byte, error) {
	var tree any
	decoder := json.NewDecoder(strings.NewReader(string(document)))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("decode the facts: %w", err)
	}
	secrets := make([]string, 0, len(r.secrets))
	for secret := range r.secrets {
		secrets = append(secrets, secret)
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	out, err := json.Marshal(eachText(tree, func(text string) string {
		for _, secret := range secrets {
			text = strings.ReplaceAll(text, secret, hidden)
		}
		return credential.ReplaceAllString(text, "${1}${2}"+hidden)
	}))
	if err != nil {
		return nil, fmt.Errorf("encode the facts: %w", err)
	}
	return out, nil
}

func eachText(tree any, change func(string) string) any {
	switch tree := tree.(type) {
	case map[string]any:
		for key, below := range tree {
			tree[key] = eachText(below, change)
		}
	case []any:
		for i, below := range tree {
			tree[i] = eachText(below, change)
		}
	case string:
		return change(tree)
	}
	return tree
}
