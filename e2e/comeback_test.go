package e2e

import "testing"

// A file that containerd imports is broken after its start. enable does not stop anything for
// that older fault: our own tables know the first, and only containerd itself the second.
func TestBrokenImport(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	must(t, n, `mkdir -p /etc/containerd/conf.d
		grep -q '^imports' /etc/containerd/config.toml || sed -i "1i imports = ['/etc/containerd/conf.d/*.toml']" /etc/containerd/config.toml
		systemctl restart containerd; systemctl restart kubelet`)
	started := must(t, n, `systemctl show -P ExecMainStartTimestampMonotonic kubelet containerd`)
	for _, c := range []struct{ name, text, code, says string }{
		{"a type", `[plugins."io.containerd.gc.v1.scheduler"]\npause_threshold = "x"\n`, "PLEG-RUNTIME-CONFIG", "50-mine.toml:3:"},
		{"a duration", `[plugins."io.containerd.nri.v1.nri"]\nplugin_registration_timeout = "never"\n`, "PLEG-RUNTIME-START", "invalid duration"},
	} {
		must(t, n, `printf 'version = 3\n`+c.text+`' > /etc/containerd/conf.d/50-mine.toml`)
		before := look(t, n)
		for _, verb := range []string{"preflight", "plan", "enable"} {
			plegctl(t, n, 3, verb).says(t, c.code, c.says, "50-mine.toml")
		}
		before.same(t, look(t, n))
	}
	if now := must(t, n, `systemctl show -P ExecMainStartTimestampMonotonic kubelet containerd`); now != started {
		t.Errorf("a daemon was restarted: %s, was %s", now, started)
	}
}
