package node

import (
	"runtime"
	"strings"
)

// hostSpecifiers are the specifiers of systemd that only a running node knows.
func (s *sight) hostSpecifiers() map[byte]string {
	known := map[byte]string{}
	for letter, file := range map[byte]string{
		'H': "/proc/sys/kernel/hostname", 'v': "/proc/sys/kernel/osrelease", 'b': "/proc/sys/kernel/random/boot_id", 'm': "/etc/machine-id",
	} {
		if data, err := s.host.Root.ReadFile(file); err == nil {
			known[letter] = strings.TrimSpace(string(data))
		}
	}
	if name, ok := known['H']; ok {
		known['l'], _, _ = strings.Cut(name, ".")
	}
	if id, ok := known['b']; ok {
		known['b'] = strings.ReplaceAll(id, "-", "")
	}
	if arch, ok := map[string]string{"amd64": "x86-64", "arm64": "arm64"}[runtime.GOARCH]; ok {
		known['a'] = arch
	}
	return known
}
