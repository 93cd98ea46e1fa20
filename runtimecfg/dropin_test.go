package runtimecfg

import (
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

const crioDir = "/etc/crio/crio.conf.d"

func dropIns(names ...string) []source.File {
	var out []source.File
	for _, n := range names {
		out = append(out, source.File{Path: crioDir + "/" + n, Data: []byte("[crio.runtime]\nenable_pod_events = false\n")})
	}
	return out
}

func TestCRIODropInWins(t *testing.T) {
	for _, test := range []struct {
		name  string
		there []string
		want  string
	}{
		{"empty directory", nil, "99-plegctl.conf"},
		{"packaged file", []string{"10-crio.conf"}, "99-plegctl.conf"},
		{"100 sorts before 99", []string{"100-debug.conf", "10-crio.conf"}, "99-plegctl.conf"},
		{"later number", []string{"99-zeta.conf"}, "zz-plegctl.conf"},
		{"same number, earlier word", []string{"99-nvidia.conf"}, "99-plegctl.conf"},
		{"a directory that sorts later", []string{"99-z/00-first.conf"}, "zz-plegctl.conf"},
		{"a directory that sorts before", []string{"50-x/zz.conf"}, "99-plegctl.conf"},
		{"no number", []string{"crio.toml"}, "zz-plegctl.conf"},
		{"upper case", []string{"README"}, "zz-plegctl.conf"},
		{"backup of ours", []string{"99-plegctl.conf.bak"}, "zz-plegctl.conf"},
		{"zz already", []string{"zz-site.conf"}, "zzzz-plegctl.conf"},
		{"beyond z", []string{"~last"}, "~last-plegctl.conf"},
		{"beyond ASCII", []string{"ñ.conf"}, "ñ.conf-plegctl.conf"},
		{"ours stays", []string{"10-crio.conf", "zz-plegctl.conf"}, "zz-plegctl.conf"},
		{"ours no longer wins", []string{"99-plegctl.conf", "99-q.conf"}, "zz-plegctl.conf"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := Inputs{Files: dropIns(test.there...)}
			d, err := crioEditor().DropIn(in, true)
			if err != nil || filepath.Base(d.Path) != test.want {
				t.Fatalf("%s, %v; want %s", d.Path, err, test.want)
			}
			mustWin(t, in, d)
		})
	}
}

// mustWin puts the drop-in into the directory and asks again.
func mustWin(t *testing.T, in Inputs, d DropIn) {
	t.Helper()
	in.Files = slices.DeleteFunc(slices.Clone(in.Files), func(s source.File) bool { return s.Path == d.Path })
	in.Files = append(in.Files, source.File{Path: d.Path, Data: d.Data})
	c := Effective(known.CRIO, in)
	if !c.PodEvents.Value || c.PodEvents.At.Path != d.Path {
		t.Errorf("%s does not win: %+v", d.Path, c.PodEvents)
	}
	if !crioEditor().Owns(d.Path) {
		t.Errorf("not recognised as ours: %+v", d)
	}
}

func TestCRIODropInCannotWin(t *testing.T) {
	for _, in := range []Inputs{
		{Command: start.Command{Env: []start.Variable{environment("ENABLE_POD_EVENTS=0", "/etc/sysconfig/crio:2")}}},
		{Command: command("crio.service", "--enable-pod-events=false")},
	} {
		if d, err := crioEditor().DropIn(in, true); err == nil || !strings.Contains(err.Error(), "overrides") {
			t.Errorf("gave %+v, %v", d, err)
		}
		if _, err := crioEditor().DropIn(in, false); err != nil {
			t.Errorf("what is set already can be set again: %v", err)
		}
	}
	if d, err := crioEditor().DropIn(Inputs{Command: command("crio.service", "--config-dir", "")}, true); err == nil {
		t.Errorf("a drop-in in a directory that is not read: %+v", d)
	}
}

// TestWalkOrderIsFilepathWalk holds the order against the function that CRI-O uses.
func TestWalkOrderIsFilepathWalk(t *testing.T) {
	root := t.TempDir()
	random := rand.New(rand.NewSource(1))
	parts := []string{"10", "10-sub", "10-sub.conf", "9", "99", "99-a", "100", "a", "A", "a.b", "a-b", "zz", "~", ".x", "ñ"}
	for range 300 {
		dir := root
		for range random.Intn(3) {
			dir = filepath.Join(dir, "d"+parts[random.Intn(len(parts))])
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, parts[random.Intn(len(parts))]), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	err := filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			want = append(want, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var files []source.File
	for _, path := range want {
		files = append(files, source.File{Path: path})
	}
	random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	for i, got := range walkOrder(files) {
		if got.Path != want[i] {
			t.Fatalf("place %d: %s, filepath.Walk has %s", i, got.Path, want[i])
		}
	}
}

func TestIsLeftover(t *testing.T) {
	for name, want := range map[string]bool{
		"10-crio.conf": false, "00-default": false, "x.toml": false, "old": false, "backup.conf": false,
		"10-crio.conf~": true, "10-crio.conf.bak": true, ".10-crio.conf.swp": true, "10-crio.conf.rpmsave": true, "#x#": true, "a/b/x.dpkg-dist": true, "x.orig": true,
	} {
		if got := isLeftover("/etc/crio/crio.conf.d/" + name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestPaths(t *testing.T) {
	env := []start.Variable{environment("CONTAINER_CONFIG=/env/crio.conf", "x"), environment("CONTAINER_CONFIG_DIR=/env/d", "x")}
	const config = "/etc/crio/crio.conf"
	for _, test := range []struct {
		args        []string
		env         []start.Variable
		config, dir string
		required    bool
	}{
		{nil, nil, config, crioDir, false},
		{nil, env, "/env/crio.conf", "/env/d", true},
		{[]string{"-c", "/a", "--config-dir=/b"}, env, "/a", "/b", true},
		{[]string{"-c", "a", "--config-dir=b/"}, env, "/run/x/a", "/run/x/b", true},
		{[]string{"--config", "", "-d="}, nil, "", "", true},
		{[]string{"--", "-c", "/a"}, nil, config, crioDir, false},
	} {
		in := Inputs{Command: command("", test.args...)}
		in.Command.Env, in.Command.Directory = test.env, "/run/x"
		p := PathsOf(known.CRIO, in)
		if p.Config != test.config || p.ConfigAt.Kind.Overrides() != test.required || p.DropInDir != test.dir {
			t.Errorf("%q: %+v", test.args, p)
		}
	}
	if p := PathsOf(known.Containerd, Inputs{Command: command("", "--config", "/c.toml")}); p.Config != "/c.toml" || !p.ConfigAt.Kind.Overrides() {
		t.Errorf("containerd: %+v", p)
	}
}
