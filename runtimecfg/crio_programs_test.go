package runtimecfg

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// What stops a CRI-O for a program that is gone (the row of pinns_path was seen with 1.34.11).
func TestMissingPrograms(t *testing.T) {
	missing := map[string]error{"/opt/gone": fs.ErrNotExist, "/opt/plain": errors.New("not executable")}
	for _, c := range []struct{ name, conf, flags, want string }{
		{"pinns_path", "pinns_path = '/opt/gone'", "", "fatal /etc/crio/crio.conf:2:1"},
		{"another case", "Pinns_Path = '/opt/gone'", "", "fatal /etc/crio/crio.conf:2:1"},
		{"there", "pinns_path = '/usr/bin/pinns'", "", ""},
		{"empty: searched for in PATH", "pinns_path = ''", "", ""},
		{"not executable", "conmon = '/opt/plain'", "", "suspect /etc/crio/crio.conf:2:1"},
		{"the flag wins", "pinns_path = '/opt/gone'", "--pinns-path=/usr/bin/pinns", ""},
		{"the default runtime", "default_runtime = 'x'\n[crio.runtime.runtimes.x]\nruntime_path = '/opt/gone'", "", "fatal /etc/crio/crio.conf:4:1"},
		{"another runtime is ignored", "default_runtime = 'y'\n[crio.runtime.runtimes.x]\nruntime_path = '/opt/gone'", "", ""},
	} {
		in := Inputs{
			Version: known.V(1, 34, 11), Command: command("crio.service", strings.Fields(c.flags)...), Programs: missing,
			Files: []source.File{{Path: "/etc/crio/crio.conf", Data: []byte("[crio.runtime]\n" + c.conf + "\n")}},
		}
		got := ""
		for _, p := range Effective(known.CRIO, in).Problems {
			if p.Code == codeCRIOProgram {
				got += string(p.Effect) + " " + p.At.String()
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
