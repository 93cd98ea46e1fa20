package simnode

import (
	"crypto/sha256"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// unitText is a unit as its files describe it, as far as the node's units go.
type unitText struct {
	found, masked            bool
	fragment                 string
	dropIns                  []string
	digest                   [32]byte
	kind, restart            string
	restartDelay             time.Duration
	execStart, execStartPost [][]string
	environment              []string
	files                    []systemd.EnvironmentFile
}

func unitDirs() []string {
	return []string{"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"}
}

// loadUnit reads the unit file and its drop-ins. Of two files with one name the one in the
// earlier directory counts; drop-ins are read in the order of their names.
func loadUnit(root, name string) unitText {
	u := unitText{kind: "simple", restart: "no", restartDelay: 100 * time.Millisecond}
	var dropIns, all []string
	for _, dir := range unitDirs() {
		file := path.Join(dir, name)
		if target, _ := os.Readlink(filepath.Join(root, file)); u.fragment == "" && target == "/dev/null" {
			u.found, u.masked, u.fragment = true, true, file
			return u
		}
		if text, err := os.ReadFile(filepath.Join(root, file)); u.fragment == "" && err == nil {
			u.found, u.fragment = true, file
			u.read(string(text))
			all = append(all, string(text))
		}
		found, _ := filepath.Glob(filepath.Join(root, file+".d", "*.conf")) // the pattern is well-formed
		for _, one := range found {
			if !slices.ContainsFunc(dropIns, func(before string) bool { return path.Base(before) == path.Base(one) }) {
				dropIns = append(dropIns, strings.TrimPrefix(one, root))
			}
		}
	}
	slices.SortFunc(dropIns, func(a, b string) int { return strings.Compare(path.Base(a), path.Base(b)) })
	for _, dropIn := range dropIns {
		if text, err := os.ReadFile(filepath.Join(root, dropIn)); err == nil {
			u.dropIns = append(u.dropIns, dropIn)
			u.read(string(text))
			all = append(all, dropIn, string(text))
		}
	}
	u.digest = sha256.Sum256([]byte(strings.Join(all, "\x00")))
	return u
}

// read takes the settings of one file over what is there.
func (u *unitText) read(text string) {
	section := ""
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line = strings.TrimSpace(line)
		key, value, ok := strings.Cut(line, "=")
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			section = line
		case ok && section == "[Service]":
			u.set(strings.TrimSpace(key), strings.TrimSpace(value))
		}
	}
}

// set: of a list, an empty value forgets what was said before.
func (u *unitText) set(key, value string) {
	command := func(list [][]string) [][]string {
		if value == "" {
			return nil
		}
		return append(list, splitWords(strings.TrimLeft(value, "-+!@:")))
	}
	switch key {
	case "Type":
		u.kind = value
	case "Restart":
		u.restart = value
	case "RestartSec":
		u.restartDelay, _ = time.ParseDuration(strings.TrimSuffix(value, "s") + "s")
	case "ExecStart":
		u.execStart = command(u.execStart)
	case "ExecStartPost":
		u.execStartPost = command(u.execStartPost)
	case "Environment":
		u.environment = append(u.environment, splitWords(value)...)
	case "EnvironmentFile":
		name, optional := strings.CutPrefix(value, "-")
		u.files = append(u.files, systemd.EnvironmentFile{Path: name, Optional: optional})
	}
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
		text, _ := os.ReadFile(filepath.Join(root, file.Path)) // a missing file is as an empty one here
		for line := range strings.Lines(string(text)) {
			name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
			if ok && !strings.HasPrefix(name, "#") && !strings.HasPrefix(name, ";") {
				env = append(env, name+"="+strings.Trim(value, `"'`))
			}
		}
	}
	return env
}

// expand replaces variables: a word "$NAME" becomes as many words as its value has,
// "${NAME}" is replaced in place.
func expand(words, env []string) (argv []string) {
	value := func(name string) (last string) {
		for _, pair := range env {
			if v, ok := strings.CutPrefix(pair, name+"="); ok {
				last = v
			}
		}
		return last
	}
	for _, word := range words {
		if name, ok := strings.CutPrefix(word, "$"); ok && !strings.HasPrefix(name, "{") {
			argv = append(argv, splitWords(value(name))...)
			continue
		}
		argv = append(argv, os.Expand(word, value))
	}
	return argv
}
