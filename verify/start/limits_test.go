package start

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/verify/source"
)

// TestNoMoreThanIsKnown: a command that is understood in part only ends in a limit, and one
// that is understood has the arguments that the program really gets.
func TestNoMoreThanIsKnown(t *testing.T) {
	const kubelet, k3s = "/etc/systemd/system/kubelet.service", "/etc/systemd/system/k3s.service"
	service := func(lines string) tree {
		return tree{kubelet: "[Service]\n" + lines + "\n", "/usr/bin/kubelet": "x", "/secret": "A=--a"}
	}
	script := func(text string) tree {
		files := service("ExecStart=/usr/bin/kubelet --a")
		files["/usr/bin/kubelet"] = text
		return files
	}
	openRC := func(conf, script string) tree {
		return tree{
			"/etc/conf.d/kubelet": conf, "/etc/init.d/kubelet": "#!/sbin/openrc-run\n" + script + "\ncommand=/usr/bin/kubelet\n",
			"/usr/bin/kubelet": "x", "/secret": "command_args=--b",
		}
	}
	rancher := func(line string) tree {
		return tree{k3s: "[Service]\nEnvironmentFile=-/secret\nExecStart=" + line + "\n", "/secret": "A=1", "/usr/local/bin/k3s": "x"}
	}
	with := func(files tree, name, text string) tree {
		files[name] = text
		return files
	}
	for name, c := range map[string]struct {
		files  tree
		locked string
		// limit is a part of the reason why not all is known; "" where all is.
		limit, directory string
		args             []string
	}{
		"env with its value apart":     {files: service("ExecStart=/usr/bin/env --unset PATH --chdir /srv kubelet --a"), directory: "/srv", args: []string{"--a"}},
		"env with its value joined":    {files: service("ExecStart=/usr/bin/env -iC/srv kubelet --a"), directory: "/srv", args: []string{"--a"}},
		"env unset is no assignment":   {files: service("ExecStart=/usr/bin/env -u B=1 sh -c 'kubelet --a=$$B'"), args: []string{"--a="}},
		"env in an unknown directory":  {files: service("ExecStart=/usr/bin/env --chdir=/%H kubelet"), limit: "host name"},
		"systemd-run in a directory":   {files: service("ExecStart=/usr/bin/systemd-run --working-directory=/srv kubelet"), directory: "/srv"},
		"systemd-run with a variable":  {files: service("ExecStart=/usr/bin/systemd-run kubelet $$A"), limit: "any number of words"},
		"systemd-run with a property":  {files: service("ExecStart=/usr/bin/systemd-run -p BindPaths=/a:/b kubelet"), limit: "BindPaths"},
		"shell assignment before":      {files: service("ExecStart=/bin/sh -c 'X=--x exec kubelet $$X --a'"), args: []string{"--a"}},
		"login shell":                  {files: service("ExecStart=/bin/bash -lc 'exec kubelet $$X'"), limit: "profile"},
		"shell with a pattern":         {files: service("ExecStart=/bin/sh -c 'exec kubelet --config /etc/*/c'"), limit: "pattern"},
		"shell with braces":            {files: service("ExecStart=/bin/sh -c 'exec kubelet --{a,b}'"), limit: "brace"},
		"container's variables":        {files: service("ExecStart=/usr/bin/podman run -e X image sh -c 'kubelet $$X'"), limit: "image"},
		"image without arguments":      {files: service("ExecStart=/usr/bin/podman run quay.io/kubelet:v1"), limit: "image"},
		"other files":                  {files: service("BindPaths=/a:/b\nExecStart=/usr/bin/kubelet --a"), limit: "other files"},
		"script that drops arguments":  {files: script("#!/bin/sh\nexec /opt/kubelet\n"), limit: "script"},
		"script that shifts":           {files: script("#!/bin/sh\ntrue && shift 2\nexec /opt/kubelet \"$@\"\n"), limit: "script"},
		"unknown argument":             {files: service("EnvironmentFile=/secret\nExecStart=/usr/bin/kubelet ${A} --b"), locked: "/secret", limit: "/secret cannot be read"},
		"unknown value":                {files: service("EnvironmentFile=/secret\nExecStart=/usr/bin/kubelet --a ${A} --b=${A}"), locked: "/secret", args: []string{"--a", "", "--b="}},
		"k3s unknown argument":         {files: rancher("/usr/local/bin/k3s server ${A}"), locked: "/secret", limit: "/secret cannot be read"},
		"k3s unknown name of its file": {files: rancher("/usr/local/bin/k3s server"), locked: "/secret", limit: "/secret cannot be read"},
		"k3s unknown file":             {files: rancher("/usr/local/bin/k3s server --config=/%H"), limit: "host name"},
		"k3s file that is no mapping":  {files: with(rancher("/usr/local/bin/k3s server"), "/etc/rancher/k3s/config.yaml", "- a\n"), limit: "not a mapping"},
		"openrc default":               {files: openRC("", ": ${command_args:=--a}"), args: []string{"--a"}},
		"openrc default that is set":   {files: openRC("command_args=--b", ": ${command_args:=--a}"), args: []string{"--b"}},
		"openrc unknown default":       {files: openRC("", ": ${command_args:=$(x)}"), limit: "computes"},
		"openrc only a redirection":    {files: openRC("", "command_args='>>/log 2>&1'")},
		"openrc two commands":          {files: openRC("", "command_args='--a; --b'"), limit: "more than arguments"},
		"openrc arguments later":       {files: openRC("", "start_pre() {\n\tcommand_args=--b\n}"), limit: "in a function"},
		"openrc file of settings":      {files: openRC("command_args=--b", ""), locked: "/etc/conf.d/kubelet", limit: "/etc/conf.d/kubelet cannot be read"},
		"openrc sourced file":          {files: openRC("", "if [ -e /secret ]; then . /secret; fi"), locked: "/secret", limit: "/secret cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := Resolve(locked{c.files, []string{c.locked}}, Request{Programs: []string{"kubelet"}, Image: true})
			if c.limit != "" {
				if cmd.Limit == nil || !strings.Contains(cmd.Limit.Reason, c.limit) {
					t.Errorf("want a limit with %q:\n%s", c.limit, show(cmd))
				}
				return
			}
			if !cmd.Known() {
				t.Fatalf("not known:\n%s", show(cmd))
			}
			if diff := cmp.Diff(append([]string{"kubelet"}, c.args...), append([]string{"kubelet"}, cmd.Texts()[1:]...)); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
			if c.directory != "" && cmd.Directory != c.directory {
				t.Errorf("directory %s, want %s", cmd.Directory, c.directory)
			}
		})
	}
}

// TestUnreadableIsNotBroken: a file of arguments that only this process may not read does not
// keep the daemon from its start.
func TestUnreadableIsNotBroken(t *testing.T) {
	const file = "/etc/rancher/k3s/config.yaml"
	files := tree{"/etc/systemd/system/k3s.service": "[Service]\nExecStart=/usr/local/bin/k3s server\n", "/usr/local/bin/k3s": "x", file: "debug: true\n"}
	for name, want := range map[string]string{"": "[]", file: "[unread]"} {
		var effects []string
		for _, p := range Resolve(locked{files, []string{name}}, Request{Programs: []string{"kubelet"}, Image: true}).Problems {
			effects = append(effects, string(p.Effect))
		}
		if got := fmt.Sprint(effects); got != want {
			t.Errorf("%q may not be read: problems are %s, want %s", name, got, want)
		}
	}
}

// TestUnknownVariables: a variable that a file may set is not one that is not set.
func TestUnknownVariables(t *testing.T) {
	files := tree{
		"/etc/systemd/system/crio.service": "[Service]\nEnvironment=A=1\nPassEnvironment=B\nEnvironmentFile=-/secret\nExecStart=/usr/bin/crio\n",
		"/secret":                          "A=2", "/usr/bin/crio": "x",
	}
	for name, want := range map[string]string{
		"": "A true 2 false, B true  true, C false  false", "/secret": "A true 1 true, B true  true, C true  true",
	} {
		cmd := Resolve(locked{files, []string{name}}, Request{Programs: []string{"crio"}})
		var got []string
		for _, name := range []string{"A", "B", "C"} {
			v, set := cmd.Variable(name)
			got = append(got, fmt.Sprint(name, " ", set, " ", v.Value, " ", v.Unknown != ""))
		}
		if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%q may not be read:\n%s", name, diff)
		}
	}
}

// TestEnvironmentFileIsADirectory: systemd does not start the unit, unless it may go without.
func TestEnvironmentFileIsADirectory(t *testing.T) {
	for prefix, want := range map[string]bool{"": true, "-": false} {
		cmd := Resolve(tree{
			"/etc/systemd/system/crio.service": "[Service]\nEnvironmentFile=" + prefix + "/etc/default\nExecStart=/usr/bin/crio\n",
			"/etc/default/crio":                "A=1", "/usr/bin/crio": "x",
		}, Request{Programs: []string{"crio"}})
		if _, fatal := source.FirstFatal(cmd.Problems); fatal != want || !cmd.Known() {
			t.Errorf("EnvironmentFile=%s/etc/default: fatal %v, problems %+v", prefix, fatal, cmd.Problems)
		}
	}
}
