package host

import (
	"os"
	"path/filepath"
	"strings"
)

// Mirror is the Debian mirror that this machine itself uses, so that a machine
// with a mirror of its own needs no settings for the suite. It reads both
// spellings of apt's sources and takes the first that serves Debian's main
// archive.
func Mirror() string {
	lists, _ := filepath.Glob("/etc/apt/sources.list.d/debian.sources")
	lists = append(lists, "/etc/apt/sources.list")
	for _, path := range lists {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if uri := firstURI(string(text)); uri != "" {
			return uri
		}
	}
	return "http://deb.debian.org/debian"
}

func firstURI(sources string) string {
	for line := range strings.Lines(sources) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch fields[0] {
		case "URIs:":
			return fields[1]
		case "deb":
			for _, f := range fields[1:] {
				if strings.Contains(f, "://") {
					return f
				}
			}
		}
	}
	return ""
}
