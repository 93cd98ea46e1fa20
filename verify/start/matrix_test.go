package start

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// matrixCase is one generated unit and what must come out, known by construction. The cases
// are kept in testdata/matrix.json, where the end-to-end suite reads them: it holds the same
// expectations against a real systemd.
type matrixCase struct {
	Unit  string
	Files map[string]string
	// Args are the daemon's arguments without its name, Directory its working directory,
	// Env some variables of its environment.
	Args      []string          `json:",omitempty"`
	Directory string            `json:",omitempty"`
	Env       map[string]string `json:",omitempty"`
	// Refused reports whether systemd does not load or start the unit.
	Refused bool `json:",omitempty"`
	// Unreal reports whether the lab's node lacks the starter (podman).
	Unreal bool `json:",omitempty"`
}

const unitDir = "/etc/systemd/system/"

// starterPrefixes are command lines that start another program.
func starterPrefixes() map[string]string {
	return map[string]string{
		"none": "", "env": "/usr/bin/env ", "env-set": "/usr/bin/env --unset=C -u D A=b ", "env-i": "/usr/bin/env -i X=1 ",
		"env-dashes": "/usr/bin/env -- ", "env-env": "/usr/bin/env /usr/bin/env kubelet=1 ",
		"nice": "/usr/bin/nice ", "nice-n": "/usr/bin/nice -n 5 ", "nice-old": "/usr/bin/nice -5 ", "nice-long": "/usr/bin/nice --adjustment=3 ",
		"ionice": "/usr/bin/ionice -c 3 ", "ionice-joined": "/usr/bin/ionice -c2 -n7 -t ", "chrt": "/usr/bin/chrt -o 0 ", "chrt-long": "/usr/bin/chrt --other --reset-on-fork 0 ",
		"taskset": "/usr/bin/taskset 1 ", "taskset-c": "/usr/bin/taskset -c 0 ", "flock": "/usr/bin/flock -s /run/kubelet.lock ", "flock-w": "/usr/bin/flock -w 5 -E 3 /run/kubelet ",
		"setpriv": "/usr/bin/setpriv --no-new-privs --inh-caps=-all ", "systemd-cat": "/usr/bin/systemd-cat -t kubelet -p info ",
		"stdbuf": "/usr/bin/stdbuf -oL -e L ", "timeout": "/usr/bin/timeout -k 5 60 ", "timeout-long": "/usr/bin/timeout --signal=TERM --foreground 60 ",
		"nohup": "/usr/bin/nohup ", "setsid": "/usr/bin/setsid -w ", "prlimit": "/usr/bin/prlimit --nofile=1024 ", "choom": "/usr/bin/choom -n 0 -- ",
		"two":   "/usr/bin/nice -n 1 /usr/bin/env KUBELET=kubelet ",
		"three": "/usr/bin/flock /run/kubelet.l /usr/bin/timeout 60 /usr/bin/nice ", "unshare": "/usr/bin/unshare -u ",
	}
}

// vocabulary is one way to write arguments.
type vocabulary struct {
	// service are further lines of [Service], words what follows the program.
	service, words string
	files          map[string]string
	args           []string
}

func vocabularies() map[string]vocabulary {
	two := []string{"--a=1", "--b=2 3"}
	return map[string]vocabulary{
		"plain":     {words: "--a=1 '--b=2 3'", args: two},
		"continued": {words: "--a=1 \\\n# a comment\n; another\n   \"--b=2 3\"", args: two},
		"escapes":   {words: `--a=\x41\s\\ --b=\u00e9 --c=\q --d=\101`, args: []string{`--a=A \`, "--b=é", `--c=\q`, "--d=A"}},
		"quotes":    {words: `--a="b c"'d e' "" 'f"g'`, args: []string{"--a=b cd e", "", `f"g`}},
		"variable":  {service: `Environment="ARGS=--a=1 '--b=2 3'"`, words: "$ARGS", args: two},
		"braces":    {service: `Environment="ARGS=--a=1 --b=2"`, words: "${ARGS} --x=${ARGS}", args: []string{"--a=1 --b=2", "--x=--a=1 --b=2"}},
		"dollars":   {service: "Environment=ARGS=1", words: "--a=$$ARGS --b=$ --c=x$ARGS $$ARGS", args: []string{"--a=$ARGS", "--b=$", "--c=x$ARGS", "$ARGS"}},
		"unset":     {words: "$NOPE --y=${NOPE} ${NOPE}", args: []string{"--y=", ""}},
		"file": {
			service: "Environment=ARGS=--lost\nEnvironmentFile=/etc/start/a.env", words: "$ARGS $MORE",
			files: map[string]string{"/etc/start/a.env": "# comment\nexport ARGS=--no\n ARGS = --a=1\nMORE=\"'--b=2 3'\"\n"}, args: two,
		},
		"glob": {
			service: "EnvironmentFile=-/etc/start/d/*.env\nEnvironmentFile=-/etc/start/none/*", words: "$ARGS $MORE",
			files: map[string]string{"/etc/start/d/10-a.env": "ARGS=--lost\nMORE='--b=2 3'\n", "/etc/start/d/20-b.env": "ARGS=--a=1\nMORE=\\\"--b=2\\ 3\\\"", "/etc/start/d/.z.env": "ARGS=--hidden"}, args: two,
		},
		"file-continued": {
			service: "EnvironmentFile=/etc/start/c.env", words: "$ARGS",
			files: map[string]string{"/etc/start/c.env": "ARGS=--a=1 \\\n  '--b=2 3'\nnothing\n; x\n"}, args: two,
		},
		"file-specifier": {
			service: "EnvironmentFile=%E/start/%j.env", words: "$ARGS", files: map[string]string{"/etc/start/specifier.env": "ARGS=--a=%n"}, args: []string{"--a=%n"},
		},
		"specifiers": {words: "--a=%S/x --b=%t%C%L%E%T%V --c=%%x%%n --d=%h-%u-%U --e=5%,%", args: []string{
			"--a=/var/lib/x", "--b=/run/var/cache/var/log/etc/tmp/var/tmp", "--c=%x%n", "--d=/root-root-0", "--e=5%,%",
		}},
		"environment-specifier": {service: "Environment=ARGS=--a=%S/%% B=1", words: "$ARGS --b=${B}", args: []string{"--a=/var/lib/%", "--b=1"}},
		"reset":                 {service: "Environment=ARGS=--lost OTHER=1\nEnvironment=\nEnvironment=ARGS=--a=1", words: "$ARGS $OTHER", args: []string{"--a=1"}},
		"unset-environment":     {service: "Environment=ARGS=--a=1 B=--b C=--c\nUnsetEnvironment=B C=--other", words: "$ARGS $B $C", args: []string{"--a=1", "--c"}},
		"bad-environment":       {service: "Environment=ARGS=--a=1 1X=--no nothing \"B=--b\" C=x\\q D=--d", words: "$ARGS $B $C $D", args: []string{"--a=1", "--b"}},
		"blanks":                {service: "  Environment  =  ARGS=--a=1  \n\t", words: "\t $ARGS \t --b  ", args: []string{"--a=1", "--b"}},
	}
}

// generate makes all cases.
func generate() map[string]matrixCase {
	all := map[string]matrixCase{}
	for starter, prefix := range starterPrefixes() {
		for name, v := range vocabularies() {
			id := starter + "-" + name
			if name == "file-specifier" {
				id = starter + "-specifier"
			}
			files := map[string]string{unitDir + id + ".service": fmt.Sprintf("[Service]\n%s\nExecStart=%s/usr/bin/kubelet %s\n", v.service, prefix, v.words)}
			for name, text := range v.files {
				files[name] = text
			}
			all[id] = matrixCase{Unit: id + ".service", Files: files, Args: v.args}
		}
	}
	for name, c := range unitCases() {
		all[name] = c
	}
	for name, c := range shellCases() {
		all[name] = c
	}
	return all
}

// one is a unit file of its own.
func one(name, text string, args ...string) matrixCase {
	return matrixCase{Unit: name + ".service", Files: map[string]string{unitDir + name + ".service": text}, Args: args}
}

func unitCases() map[string]matrixCase {
	all := map[string]matrixCase{}
	add := func(name string, c matrixCase) { all["unit-"+name] = c }
	service := func(name, service string, args ...string) matrixCase {
		c := one("unit-"+name, "[Service]\n"+service+"\n", args...)
		all["unit-"+name] = c
		return c
	}
	refused := func(name, text string) {
		c := service(name, text)
		c.Refused = true
		add(name, c)
	}
	service("prefix-minus", "ExecStart=-/usr/bin/kubelet --a", "--a")
	service("prefix-at", "ExecStart=@/usr/bin/kubelet other --a", "--a")
	service("prefix-colon", "Environment=ARGS=1\nExecStart=:/usr/bin/kubelet --a=$ARGS ${ARGS} $ARGS $$", "--a=$ARGS", "${ARGS}", "$ARGS", "$$")
	service("prefix-plus", "ExecStart=+/usr/bin/kubelet --a", "--a")
	service("prefix-bang", "ExecStart=!/usr/bin/kubelet --a", "--a")
	service("prefix-many", "ExecStart=-@!!/usr/bin/kubelet x --a", "--a")
	service("relative-program", "ExecStart=kubelet --a", "--a")
	service("oneshot", "Type=oneshot\nExecStart=/bin/true ; /usr/bin/kubelet --a \\; \";\"", "--a", ";", ";")
	service("reset", "ExecStart=/usr/bin/kubelet --lost\nExecStart=\nExecStart=/usr/bin/kubelet --a", "--a")
	service("crlf", "Environment=A=1\r\nExecStart=/usr/bin/kubelet --a=${A} \\\r\n --b", "--a=1", "--b")
	service("byte-order-mark", "ExecStart=/usr/bin/kubelet --a", "--a")
	c := all["unit-byte-order-mark"]
	c.Files = map[string]string{unitDir + c.Unit: "\ufeff[Service]\nExecStart=/usr/bin/kubelet --a\n"}
	add("byte-order-mark", c)
	service("names", "ExecStart=/usr/bin/kubelet %n %N %p %P %j %J %i %I %f %y %Y",
		"unit-names.service", "unit-names", "unit-names", "unit/names", "names", "names", "", "", "/unit/names", unitDir+"unit-names.service", strings.TrimSuffix(unitDir, "/"))
	for name, dir := range map[string][2]string{"directory": {"/tmp", "/tmp"}, "directory-home": {"~", "/root"}, "directory-missing": {"-/nope", "/"}, "directory-specifier": {"%S", "/var/lib"}} {
		c := service(name, "WorkingDirectory="+dir[0]+"\nExecStart=/usr/bin/kubelet --a", "--a")
		c.Directory = dir[1]
		add(name, c)
	}
	c = service("environment", "Environment=ONE=1 'TWO=2 3' \"THREE=%S\"\nExecStart=/usr/bin/kubelet", []string{}...)
	c.Env = map[string]string{"ONE": "1", "TWO": "2 3", "THREE": "/var/lib"}
	add("environment", c)

	service("directories", "StateDirectory=a b\nConfigurationDirectory=kubernetes\nRuntimeDirectory=%p\nExecStart=/usr/bin/kubelet ${STATE_DIRECTORY} --config=${CONFIGURATION_DIRECTORY}/k $RUNTIME_DIRECTORY",
		"/var/lib/a:/var/lib/b", "--config=/etc/kubernetes/k", "/run/unit-directories")

	refused("two-commands", "ExecStart=/usr/bin/kubelet --a\nExecStart=/usr/bin/kubelet --b")
	refused("no-command", "Environment=A=1")
	refused("relative-directory", "WorkingDirectory=var\nExecStart=/usr/bin/kubelet")
	refused("unbalanced", "ExecStart=/usr/bin/kubelet \"--a")
	refused("relative-path", "ExecStart=bin/kubelet --a")
	refused("directory-program", "ExecStart=/usr/bin/ --a")
	refused("dbus", "Type=dbus\nExecStart=/usr/bin/kubelet")
	refused("oneshot-always", "Type=oneshot\nRestart=always\nExecStart=/usr/bin/kubelet")
	refused("missing-file", "EnvironmentFile=/etc/start/nope.env\nExecStart=/usr/bin/kubelet")
	refused("semicolon", "ExecStart=/usr/bin/kubelet --a ; /usr/bin/kubelet --b")
	refused("empty-reset", "ExecStart=/usr/bin/kubelet --a\nExecStart=")
	refused("specifier", "ExecStart=/usr/bin/kubelet --a=%z")
	refused("bad-section", "ExecStart=/usr/bin/kubelet\n[Install\nWantedBy=x")
	masked := one("unit-masked", "-> /dev/null")
	masked.Refused = true
	add("masked", masked)
	empty := one("unit-empty", "")
	empty.Refused = true
	add("empty", empty)

	dropIn := func(name string, files map[string]string, args ...string) {
		c := one("unit-"+name, "[Service]\nEnvironment=A=unit B=unit C=unit\nExecStart=/usr/bin/kubelet $A $B $C\n", args...)
		for path, text := range files {
			c.Files[path] = "[Service]\n" + text + "\n"
		}
		add(name, c)
	}
	dropIn("drop-in", map[string]string{unitDir + "unit-drop-in.service.d/10.conf": "Environment=A=ten B=ten", unitDir + "unit-drop-in.service.d/20.conf": "Environment=B=twenty", unitDir + "unit-drop-in.service.d/30.txt": "Environment=A=no"}, "ten", "twenty", "unit")
	dropIn("shadowed", map[string]string{unitDir + "unit-shadowed.service.d/10.conf": "Environment=A=etc", "/usr/lib/systemd/system/unit-shadowed.service.d/10.conf": "Environment=A=lib B=lib", "/usr/local/lib/systemd/system/unit-shadowed.service.d/05.conf": "Environment=A=run C=run"}, "etc", "unit", "run")
	dropIn("prefix-dirs", map[string]string{unitDir + "unit-prefix-.service.d/10.conf": "Environment=A=prefix B=prefix", unitDir + "unit-prefix-dirs.service.d/10.conf": "Environment=A=own"}, "own", "unit", "unit")
	dropIn("prefix-far", map[string]string{"/usr/lib/systemd/system/unit-.service.d/zz.conf": "Environment=C=far"}, "unit", "unit", "far")
	dropIn("drop-in-exec", map[string]string{unitDir + "unit-drop-in-exec.service.d/10.conf": "ExecStart=\nExecStart=/usr/bin/kubelet --new $A"}, "--new", "unit")
	dropIn("drop-in-broken", map[string]string{unitDir + "unit-drop-in-broken.service.d/10.conf": "Environment=A=ten\nWorkingDirectory=bad\nEnvironment=B=ten"}, "ten", "unit", "unit")
	dropIn("drop-in-section", map[string]string{unitDir + "unit-drop-in-section.service.d/10.conf": "Environment=A=ten\n[Unit]\nEnvironment=B=ten\n[X-Own]\nEnvironment=C=ten\n[Service]\nnothing\nenvironment=C=x"}, "ten", "unit", "unit")
	for _, c := range []string{"prefix-far"} { // every unit of this table gets it: a directory of their common prefix
		delete(all, "unit-"+c)
	}
	add("template", matrixCase{
		Unit: "unit-t@x-y.service", Args: []string{"x-y", "x/y", "unit-t", "unit-t@x-y", "drop", "instance"},
		Files: map[string]string{
			unitDir + "unit-t@.service":                "[Service]\nEnvironment=A=unit B=unit\nExecStart=/usr/bin/kubelet %i %I %p %N $A $B\n",
			unitDir + "unit-t@.service.d/10.conf":      "[Service]\nEnvironment=A=drop B=drop\n",
			unitDir + "unit-t@x-y.service.d/20.conf":   "[Service]\nEnvironment=B=instance\n",
			unitDir + "unit-t@other.service.d/30.conf": "[Service]\nEnvironment=B=other\n",
		},
	})
	add("alias", matrixCase{
		Unit: "unit-other.service", Args: []string{"drop", "other"},
		Files: map[string]string{
			"/usr/lib/systemd/system/unit-alias.service": "[Service]\nExecStart=/usr/bin/kubelet $A $B\n",
			unitDir + "unit-other.service":               "-> /usr/lib/systemd/system/unit-alias.service",
			unitDir + "unit-alias.service.d/10.conf":     "[Service]\nEnvironment=A=drop\n",
			unitDir + "unit-other.service.d/10-o.conf":   "[Service]\nEnvironment=B=other\n",
		},
	})
	add("linked", matrixCase{
		Unit: "unit-linked.service", Args: []string{"unit-linked.service"},
		Files: map[string]string{"/opt/start/any.service": "[Service]\nExecStart=/usr/bin/kubelet %n\n", unitDir + "unit-linked.service": "-> /opt/start/any.service"},
	})
	return all
}

func shellCases() map[string]matrixCase {
	all := map[string]matrixCase{}
	add := func(name, service, exec string, args ...string) {
		all["shell-"+name] = one("shell-"+name, "[Service]\nEnvironment=\"ARGS=--a=1 --b=2\" ONE=1\n"+service+"\nExecStart="+exec+"\n", args...)
	}
	add("exec", "", "/bin/sh -c 'exec /usr/bin/kubelet --a=1 --b'", "--a=1", "--b")
	add("plain", "", "/bin/sh -c '/usr/bin/kubelet --a=1'", "--a=1")
	add("bare", "", "/bin/bash -c 'kubelet --a=1'", "--a=1")
	add("redirect", "", "/bin/bash -c 'exec /usr/bin/kubelet --a=1 >> /run/start.log 2>&1'", "--a=1")
	add("redirect-first", "", "/bin/sh -c '>/run/start.log 2>/dev/null exec /usr/bin/kubelet --a'", "--a")
	add("and-redirect", "", "/bin/bash -c 'exec /usr/bin/kubelet --a=1 &> /run/start.log'", "--a=1")
	add("variable", "", "/bin/sh -c 'exec /usr/bin/kubelet $ARGS --c=$ONE'", "--a=1", "--b=2", "--c=1")
	add("quoted-variable", "", `/bin/sh -c 'exec /usr/bin/kubelet "$ARGS" --c="$$ONE x"'`, "--a=1 --b=2", "--c=1 x")
	add("braces", "", "/bin/sh -c 'exec /usr/bin/kubelet --x=${ONE} ${ARGS} $${ONE}'", "--x=1", "--a=1", "--b=2", "1")
	add("default", "", "/bin/sh -c 'exec /usr/bin/kubelet --x=$${NOPE:-y} --z=$${ONE:-2} $${NOPE}'", "--x=y", "--z=1")
	add("quotes", "", `/bin/sh -c "exec /usr/bin/kubelet --a='x y' --b=\"q r\" --c=\\$ONE --d=e\\ f"`, "--a=x y", "--b=q r", "--c=$ONE", "--d=e f")
	add("assignment", "", "/bin/sh -c 'X=1 Y=\"2 3\" exec /usr/bin/kubelet --a'", "--a")
	add("comment", "", "/bin/sh -c 'exec /usr/bin/kubelet --a # --b'", "--a")
	add("pipe", "", "/bin/sh -c '/usr/bin/kubelet --a 2>&1 | cat'", "--a")
	add("env", "", "/usr/bin/env bash -c '/usr/bin/kubelet --a'", "--a")
	add("login", "", "/bin/bash -lc 'exec /usr/bin/kubelet --a'", "--a")
	add("flags", "", "/bin/bash -e -u -o pipefail -c 'exec /usr/bin/kubelet --a'", "--a")
	add("starter", "", "/bin/sh -c 'exec nice -n 3 /usr/bin/kubelet --a'", "--a")
	add("nested", "", `/bin/sh -c "exec /bin/bash -c 'exec /usr/bin/kubelet --a=$ONE'"`, "--a=1")
	add("flock", "", "/usr/bin/flock /run/kubelet.s -c '/usr/bin/kubelet --a'", "--a")
	add("less-than", "", "/bin/sh -c 'exec /usr/bin/kubelet --a=1</dev/null --b'", "--a=1", "--b")
	add("blank-value", "Environment=\"BLANK=  --c  \"", "/bin/sh -c 'exec /usr/bin/kubelet --x$BLANK$ONE'", "--x", "--c", "1")
	add("empty", "", `/bin/sh -c 'exec /usr/bin/kubelet "" "$$NOPE" --a'`, "", "", "--a")
	return all
}

// TestMatrix holds every generated unit against what it was made for.
func TestMatrix(t *testing.T) {
	all := generate()
	if len(all) < 500 {
		t.Errorf("only %d cases", len(all))
	}
	golden := filepath.Join("testdata", "matrix.json")
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), string(text)+"\n"); diff != "" {
		t.Errorf("%s is not what is generated (-update writes it)", golden)
	}
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			checkCase(t, c)
		})
	}
}

func checkCase(t *testing.T, c matrixCase) {
	t.Helper()
	cmd := Resolve(tree(c.Files), Request{Programs: []string{"kubelet"}, Unit: c.Unit, Image: true})
	fatal := false
	for _, p := range cmd.Problems {
		fatal = fatal || p.Fatal()
	}
	if fatal != c.Refused {
		t.Errorf("refused: %v, want %v\n%s", fatal, c.Refused, show(cmd))
	}
	if c.Refused {
		return
	}
	if !cmd.Known() {
		t.Fatalf("not known:\n%s", show(cmd))
	}
	if diff := cmp.Diff(append([]string{}, c.Args...), cmd.Texts()[1:]); diff != "" {
		t.Errorf("want (-), got (+):\n%s\n%s", diff, show(cmd))
	}
	if c.Directory != "" && cmd.Directory != c.Directory {
		t.Errorf("directory %s, want %s", cmd.Directory, c.Directory)
	}
	for name, want := range c.Env {
		if v, _ := cmd.Variable(name); v.Value != want {
			t.Errorf("%s=%q, want %q", name, v.Value, want)
		}
	}
	for _, w := range cmd.Args {
		if w.At.Path == "" || w.At.Line < 1 || w.At.Column < 1 {
			t.Errorf("%q has no position: %+v", w.Text, w.At)
		}
	}
}
