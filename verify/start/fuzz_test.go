package start

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/plegctl/plegctl/verify/source"
)

// seeds are the trees of the golden tests.
func seeds(f *testing.F) []tree {
	f.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", "unit", "*", "in"))
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	var all []tree
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, archive(f, data))
	}
	return all
}

// first returns a file of a tree whose path holds part.
func (t tree) first(part string) string {
	for name, text := range t {
		if strings.Contains(name, part) {
			return text
		}
	}
	return ""
}

// FuzzResolve: whatever is in the files, the answer is one, and each word has its place.
func FuzzResolve(f *testing.F) {
	for _, t := range seeds(f) {
		f.Add(t.first(".service"), t.first(".conf"), t.first("env"), t.first("args"))
	}
	f.Add("[Service]\nExecStart=/bin/sh -c 'exec kubelet \"$A\" $$B'", "", "A=1", "")
	f.Fuzz(func(t *testing.T, unit, dropIn, env, args string) {
		files := tree{
			"/etc/systemd/system/kubelet.service": unit, "/etc/systemd/system/kubelet.service.d/10.conf": dropIn,
			"/etc/default/kubelet": env, "/var/snap/microk8s/current/args/kubelet": args, "/etc/rancher/k3s/config.yaml": args,
		}
		cmd := Resolve(files, Request{Programs: []string{"kubelet"}, Unit: "kubelet.service"})
		if !cmd.Known() && cmd.Limit == nil {
			t.Fatalf("neither known nor limited: %+v", cmd)
		}
		for _, w := range cmd.Args {
			checkPosition(t, files, w.At)
		}
		for _, p := range cmd.Problems {
			if p.Code == "" || p.Message == "" || p.Effect == "" {
				t.Errorf("incomplete problem %+v", p)
			}
			checkPosition(t, files, p.At)
		}
		_, _ = cmd.HostPath("config.yaml")
	})
}

func checkPosition(t *testing.T, files tree, at source.Position) {
	t.Helper()
	if at.Path == "" || at.Line == 0 {
		return
	}
	text := strings.TrimPrefix(files[at.Path], "\ufeff")
	if n := 2 + strings.Count(text, "\n") + strings.Count(text, "\r"); at.Line > n {
		t.Errorf("%s has no line %d", at.Path, at.Line)
	}
	if utf8.ValidString(text) && at.Column > 1+utf8.RuneCountInString(text) {
		t.Errorf("%s has no column %d", at.Path, at.Column)
	}
}

// FuzzEnvFile: every variable has a name and a value whose bytes all have a place.
func FuzzEnvFile(f *testing.F) {
	for _, t := range seeds(f) {
		f.Add([]byte(t.first("env")))
	}
	f.Add([]byte("A='b\\\"c' \"d\\\ne\" # f\r\n;g\\\nH=\\"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, v := range parseEnvFile(source.File{Path: "env", Data: data}).variables {
			if !isVariableName(v.name) || len(v.value.at) < len(v.value.bytes) || v.at.Line < 1 {
				t.Errorf("%+v", v)
			}
		}
	})
}

// FuzzProcess: the words of a running process are never more than it has.
func FuzzProcess(f *testing.F) {
	f.Add("kubelet\x00--config\x00/a")
	f.Add("/usr/bin/nice\x00-n\x005\x00kubelet\x00--v=2")
	f.Add("podman\x00run\x00-v\x00/a:/b\x00img/kubelet:1\x00--v=2")
	f.Add("bash\x00-c\x00exec kubelet --v=2 $X")
	f.Add("k3s\x00server\x00--kubelet-arg=v=2")
	f.Fuzz(func(t *testing.T, joined string) {
		cmd := Process(fstest.MapFS{}, Running{Owner: "process 7", Args: strings.Split(joined, "\x00")}, "kubelet")
		if !cmd.Known() && cmd.Limit == nil {
			t.Errorf("neither known nor limited: %+v", cmd)
		}
	})
}
