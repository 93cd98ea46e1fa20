package simnode

import (
	"crypto/sha256"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// unitText is a unit as its files describe it.
type unitText struct {
	found, masked  bool
	fragment       string
	dropIns        []string
	digest         [32]byte
	kind           string
	execStart      [][]string
	execStartPost  [][]string
	environment    []string
	files          []systemd.EnvironmentFile
	restart        string
	restartSeconds float64
}

func unitDirs() []string {
	return []string{"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"}
}

// loadUnit reads the unit file and its drop-ins, the earlier folder before the later.
func loadUnit(root, name string) unitText {
	u := unitText{kind: "simple", restart: "no", restartSeconds: 0.1}
	var all []byte
	for _, dir := range unitDirs() {
		file := filepath.Join(root, dir, name)
		if target, err := os.Readlink(file); err == nil && target == "/dev/null" {
			u.found, u.masked, u.fragment = true, true, path.Join(dir, name)
			return u
		}
		if text, err := os.ReadFile(file); err == nil {
			u.found, u.fragment = true, path.Join(dir, name)
			u.read(text)
			all = append(all, text...)
			break
		}
	}
	for _, dropIn := range findDropIns(root, name) {
		text, err := os.ReadFile(filepath.Join(root, dropIn))
		if err != nil {
			continue
		}
		u.dropIns = append(u.dropIns, dropIn)
		u.read(text)
		all = append(append(all, dropIn...), text...)
	}
	u.digest = sha256.Sum256(all)
	return u
}

// findDropIns: of two drop-ins with one name the one in the earlier folder counts; all are
// read in the order of their names.
func findDropIns(root, name string) []string {
	byName := map[string]string{}
	for _, dir := range unitDirs() {
		found, err := fs.Glob(os.DirFS(filepath.Join(root, dir)), name+".d/*.conf")
		if err != nil {
			continue
		}
		for _, one := range found {
			if _, taken := byName[path.Base(one)]; !taken {
				byName[path.Base(one)] = path.Join(dir, one)
			}
		}
	}
	var list []string
	for _, base := range slices.Sorted(maps.Keys(byName)) {
		list = append(list, byName[base])
	}
	return list
}

// read takes the settings of one file over what is there.
func (u *unitText) read(text []byte) {
	section := ""
	joined := strings.ReplaceAll(string(text), "\\\n", " ")
	for line := range strings.SplitSeq(joined, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' {
			section = strings.Trim(line, "[]")
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if ok && section == "Service" {
			u.set(strings.TrimSpace(key), strings.TrimSpace(value))
		}
	}
}

func (u *unitText) set(key, value string) {
	switch key {
	case "Type":
		u.kind = value
	case "ExecStart":
		u.execStart = command(u.execStart, value)
	case "ExecStartPost":
		u.execStartPost = command(u.execStartPost, value)
	case "Environment":
		if value == "" {
			u.environment = nil
		}
		u.environment = append(u.environment, splitWords(value)...)
	case "EnvironmentFile":
		if value == "" {
			u.files = nil
			return
		}
		name, optional := strings.CutPrefix(value, "-")
		u.files = append(u.files, systemd.EnvironmentFile{Path: name, Optional: optional})
	case "Restart":
		u.restart = value
	case "RestartSec":
		u.restartSeconds = seconds(value)
	}
}

// command: an empty value forgets the commands before.
func command(list [][]string, value string) [][]string {
	if value == "" {
		return nil
	}
	return append(list, splitWords(strings.TrimLeft(value, "-+!@:")))
}
