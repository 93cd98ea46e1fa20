package start

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// specifiers resolves the %-words of a unit (systemd 252, systemd.unit(5), "Specifiers").
type specifiers struct {
	files          files
	unit, fragment string
	// alias reports whether the unit has several names.
	alias bool
	// host holds what only a running node knows, by letter.
	host map[byte]string
	// answers keeps what was looked up: a line may hold very many specifiers.
	answers map[byte]answer
}

// answer is what a specifier stands for, or why it is not known; ok is false where systemd
// does not have it.
type answer struct {
	value, why string
	ok         bool
}

// resolve replaces the specifiers in text. What cannot be known stays as it is written,
// and the text says why. A letter that systemd does not know is an error.
func (s specifiers) resolve(t text) (text, error) {
	if !bytes.ContainsRune(t.bytes, '%') {
		return t, nil
	}
	out := text{from: t.from, unknown: t.unknown}
	for i := 0; i < len(t.bytes); i++ {
		if t.bytes[i] != '%' || i+1 == len(t.bytes) {
			out.add(t.bytes[i], t.at[i])
			continue
		}
		i++
		a, asked := s.answers[t.bytes[i]]
		if !asked {
			a.value, a.why, a.ok = s.value(t.bytes[i])
			s.answers[t.bytes[i]] = a
		}
		if !a.ok {
			return t, fmt.Errorf("Failed to resolve unit specifiers in %s: Invalid slot", t) //nolint:staticcheck // systemd's words
		}
		if a.why != "" {
			out.unknown = a.why
		}
		out.join(a.value, t.at[i-1])
	}
	if len(out.at) == 0 {
		out.at = t.at[:1]
	}
	return out, nil
}

// value returns what a specifier stands for, or itself and why it is not known.
func (s specifiers) value(letter byte) (value, why string, ok bool) {
	asWritten := "%" + string(rune(letter))
	if value, ok := s.host[letter]; ok {
		return value, "", true
	}
	if value, ok := s.ofUnit()[letter]; ok {
		if s.alias && strings.IndexByte("nNpPjJf", letter) >= 0 {
			return asWritten, asWritten + " depends on which of the unit's names systemd loads first", true
		}
		return value, "", true
	}
	if value, ok := systemDirs()[letter]; ok {
		return value, "", true
	}
	if key, ok := osReleaseKeys()[letter]; ok {
		return s.osRelease(key), "", true
	}
	if letter == 's' { // of root, whom the system manager runs as
		return cmp.Or(s.files.passwd("0", 6), "/bin/sh"), "", true
	}
	if what, ok := hostFacts()[letter]; ok {
		if letter == 'm' {
			if id := strings.TrimSpace(string(s.files.read("/etc/machine-id").Data)); len(id) == 32 {
				return id, "", true
			}
		}
		return asWritten, fmt.Sprintf("%s is %s, which only the running node knows", asWritten, what), true
	}
	// systemd keeps what is not a letter or a digit ("5%,").
	isWord := letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z' || letter >= '0' && letter <= '9'
	return asWritten, "", !isWord
}

// systemDirs are the same for every unit of the system manager; the user is root.
func systemDirs() map[byte]string {
	return map[byte]string{
		'%': "%", 't': "/run", 'S': "/var/lib", 'C': "/var/cache", 'L': "/var/log", 'E': "/etc", 'T': "/tmp", 'V': "/var/tmp",
		'u': "root", 'U': "0", 'g': "root", 'G': "0", 'h': "/root",
	}
}

// hostFacts are known on a running node only.
func hostFacts() map[byte]string {
	return map[byte]string{
		'H': "the host name", 'l': "the short host name", 'q': "the pretty host name", 'm': "the machine ID", 'b': "the boot ID",
		'v': "the kernel release", 'a': "the architecture", 'd': "the credentials directory",
		'D': "the shared data directory (systemd 255 and later)", 'c': "the control group", 'r': "the control group", 'R': "the control group",
	}
}

// osReleaseKeys are read from os-release(5).
func osReleaseKeys() map[byte]string {
	return map[byte]string{
		'A': "IMAGE_VERSION", 'B': "BUILD_ID", 'M': "IMAGE_ID", 'o': "ID", 'w': "VERSION_ID", 'W': "VARIANT_ID",
	}
}

func (s specifiers) osRelease(key string) string {
	f := s.files.read("/etc/os-release")
	if !f.Readable() {
		f = s.files.read("/usr/lib/os-release")
	}
	value := ""
	for _, v := range parseEnvFile(f).variables {
		if v.name == key {
			value = v.value.String()
		}
	}
	return value
}

// ofUnit are the specifiers that are made from the unit's name and file.
func (s specifiers) ofUnit() map[byte]string {
	stem := strings.TrimSuffix(s.unit, path.Ext(s.unit))
	prefix, instance, _ := strings.Cut(stem, "@")
	last := prefix[strings.LastIndexByte(prefix, '-')+1:]
	return map[byte]string{
		'n': s.unit, 'N': stem, 'p': prefix, 'P': unescapeName(prefix), 'i': instance, 'I': unescapeName(instance), 'j': last, 'J': unescapeName(last),
		'f': "/" + strings.Trim(unescapeName(cmp.Or(instance, prefix)), "/"), 'y': s.fragment, 'Y': path.Dir(s.fragment),
	}
}

// unescapeName undoes systemd-escape(1): "-" is a slash, "\x2d" a byte.
func unescapeName(name string) string {
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '-' {
			out.WriteByte('/')
			continue
		}
		if strings.HasPrefix(name[i:], `\x`) && i+4 <= len(name) {
			if n, err := strconv.ParseUint(name[i+2:i+4], 16, 8); err == nil {
				out.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		out.WriteByte(name[i])
	}
	return out.String()
}
