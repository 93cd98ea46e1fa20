package start

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkResolve: the time grows with the text, and no faster, also where all of it is one
// line.
func BenchmarkResolve(b *testing.B) {
	for name, make := range map[string]func(n int) tree{
		"words": func(n int) tree { return unitOf("ExecStart=/usr/bin/kubelet " + strings.Repeat("--v=2 ", n)) },
		"continued": func(n int) tree {
			return unitOf("ExecStart=/usr/bin/kubelet" + strings.Repeat(" \\\n --v=2", n))
		},
		"variables": func(n int) tree {
			return unitOf("Environment=A=1\nExecStart=/usr/bin/kubelet " + strings.Repeat("$A${A}", n))
		},
		"open-braces": func(n int) tree { return unitOf("ExecStart=/usr/bin/kubelet " + strings.Repeat("${", n)) },
		"specifiers":  func(n int) tree { return unitOf("ExecStart=/usr/bin/kubelet " + strings.Repeat("%o%m", n)) },
		"explosion": func(n int) tree {
			return unitOf("Environment=\"A=" + strings.Repeat("x ", n) + "\"\nExecStart=/usr/bin/kubelet " + strings.Repeat("$A ", n))
		},
		"environment": func(n int) tree {
			var env strings.Builder
			for i := range n {
				fmt.Fprintf(&env, "A%d=x\n", i)
			}
			t := unitOf("EnvironmentFile=/env\nExecStart=/usr/bin/kubelet $A1")
			t["/env"] = env.String()
			return t
		},
		"shell": func(n int) tree {
			return unitOf("ExecStart=/bin/sh -c 'exec /usr/bin/kubelet --x=" + strings.Repeat("$(a)b", n) + "'")
		},
		"drop-ins": func(n int) tree {
			t := unitOf("ExecStart=/usr/bin/kubelet")
			for i := range n / 100 {
				t[fmt.Sprintf("/etc/systemd/system/kubelet.service.d/%d.conf", i)] = "[Service]\nEnvironment=A=1\n"
			}
			return t
		},
	} {
		for _, n := range []int{1_000, 10_000, 100_000} {
			files := make(n)
			b.Run(fmt.Sprint(name, "/", n), func(b *testing.B) {
				for b.Loop() {
					Resolve(files, Request{Programs: []string{"kubelet"}, Unit: "kubelet.service"})
				}
			})
		}
	}
}

func unitOf(service string) tree {
	return tree{"/etc/systemd/system/kubelet.service": "[Service]\n" + service + "\n"}
}
