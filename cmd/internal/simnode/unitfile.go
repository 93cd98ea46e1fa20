package simnode

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// unitText is a unit as its files describe it, as far as the node's units go.
type unitText struct {
	fragment, text           string
	dropIns                  []string
	kind, restart            string
	restartDelay             time.Duration
	execStart, execStartPost [][]string
	environment              []string
	files                    []string
}

// loadUnit reads the unit file and its drop-ins. Of two files with one name the one in the
// earlier directory counts; drop-ins are read in the order of their names.
func loadUnit(root, name string) unitText {
	u := unitText{kind: "simple", restart: "no"}
	byName := map[string]string{}
	for _, dir := range []string{"/usr/lib/systemd/system", "/run/systemd/system", "/etc/systemd/system"} {
		file := path.Join(dir, name)
		if _, err := os.Stat(filepath.Join(root, file)); err == nil {
			u.fragment = file
		}
		found, _ := filepath.Glob(filepath.Join(root, file+".d", "*.conf")) // the pattern is well-formed
		for _, one := range found {
			byName[path.Base(one)] = strings.TrimPrefix(one, root)
		}
	}
	for _, dropIn := range byName {
		u.dropIns = append(u.dropIns, dropIn)
	}
	slices.SortFunc(u.dropIns, func(a, b string) int { return strings.Compare(path.Base(a), path.Base(b)) })
	for _, file := range append([]string{u.fragment}, u.dropIns...) {
		text, _ := os.ReadFile(filepath.Join(root, file)) // a file that went is read as an empty one
		u.text += file + "\n" + string(text)
		u.read(string(text))
	}
	return u
}

// read takes the settings of one file over what is there. The node's files have only
// settings of [Service] that are looked at.
func (u *unitText) read(text string) {
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "Type":
			u.kind = value
		case "Restart":
			u.restart = value
		case "RestartSec":
			u.restartDelay, _ = time.ParseDuration(strings.TrimSuffix(value, "s") + "s")
		case "ExecStart":
			u.execStart = command(u.execStart, value)
		case "ExecStartPost":
			u.execStartPost = command(u.execStartPost, value)
		case "Environment":
			u.environment = append(u.environment, splitWords(value)...)
		case "EnvironmentFile":
			u.files = append(u.files, strings.TrimPrefix(value, "-"))
		}
	}
}

// command adds to a list of commands; an empty value forgets what was said before.
func command(list [][]string, value string) [][]string {
	if value == "" {
		return nil
	}
	return append(list, splitWords(strings.TrimLeft(value, "-+!@:")))
}

// splitWords splits at blanks outside quotes.
func splitWords(s string) (words []string) {
	var quote rune
	inWord := false
	for _, r := range s {
		blank := quote == 0 && (r == ' ' || r == '\t')
		if !blank && !inWord {
			words = append(words, "")
		}
		inWord = !blank
		switch {
		case blank:
		case r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		default:
			words[len(words)-1] += string(r)
		}
	}
	return words
}

// environ is the unit's environment: its Environment= and then its files, read now.
func (u *unitText) environ(root string) []string {
	env := append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"}, u.environment...)
	for _, file := range u.files {
		text, _ := os.ReadFile(filepath.Join(root, file)) // a missing file is read as an empty one
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(name, "#") {
				env = append(env, name+"="+strings.Trim(value, `"'`))
			}
		}
	}
	return env
}

// expand replaces variables; a value has as many words as it has.
func expand(words, env []string) []string {
	return splitWords(os.Expand(strings.Join(words, " "), func(name string) (value string) {
		for _, pair := range env {
			if v, ok := strings.CutPrefix(pair, name+"="); ok {
				value = v
			}
		}
		return value
	}))
}
