package installed

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"
)

func kubelet(path string) Program {
	return Program{Path: path, Usual: "/usr/bin/kubelet", Packages: []string{"kubelet", "kubernetes"}}
}

// rpmdb is the database of rpm 4.18 after it installed kubelet 1.34.4, cri-o 1.34.1 with 400
// files, kubernetes1.33 1.33.5 with /opt/kubelet, and openshift-kubelet 4.20.0 many times.
func rpmdb(tb testing.TB) []byte {
	tb.Helper()
	packed, err := os.Open("testdata/rpmdb.sqlite.gz")
	if err != nil {
		tb.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		tb.Fatal(err)
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func TestVersion(t *testing.T) {
	const (
		status = "Package: kubelet\nStatus: install ok installed\nDescription: Node agent\n Version: 9.9.9 is only text here\nVersion: 1.36.3-1.1\n\n" +
			"Package: containerd\nStatus: deinstall ok config-files\nVersion: 1.6.20~ds1-1\n\nPackage: containerd.io\nArchitecture: arm64\nStatus: install ok installed\nVersion: 2:1.7.27-1\n"
		alpine = "P:musl\nV:1.2.5-r9\nF:lib\nR:libc.so\n\nP:kubelet\nV:1.34.1-r0\nF:etc/init.d\nR:kubelet\nF:usr/bin\nR:kubelet\n"
	)
	files := func(pairs ...string) fstest.MapFS {
		fsys := fstest.MapFS{}
		for i := 0; i < len(pairs); i += 2 {
			fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
		}
		return fsys
	}
	rpmImage := files("usr/lib/sysimage/rpm/rpmdb.sqlite", string(rpmdb(t)))
	containerd := Program{Path: "/usr/bin/containerd", Usual: "/usr/bin/containerd", Packages: []string{"containerd", "containerd.io"}}
	crio := Program{Path: "/usr/bin/crio", Usual: "/usr/bin/crio", Packages: []string{"cri-o"}}
	for name, c := range map[string]struct {
		fsys fs.FS
		p    Program
		want string
		// why is a part of the reason where no version is found.
		why string
	}{
		"dpkg":                   {fsys: files("var/lib/dpkg/status", status), p: kubelet("/usr/bin/kubelet"), want: "1.36.3-1.1"},
		"dpkg, epoch":            {fsys: files("var/lib/dpkg/status", status), p: containerd, want: "1.7.27-1"},
		"dpkg, list of files":    {fsys: files("var/lib/dpkg/status", status, "var/lib/dpkg/info/kubelet.list", "/.\n/opt/bin/kubelet\n"), p: kubelet("/opt/bin/kubelet"), want: "1.36.3-1.1"},
		"dpkg, merged /usr":      {fsys: files("var/lib/dpkg/status", status, "var/lib/dpkg/info/containerd.io:arm64.list", "/bin/containerd\n"), p: containerd, want: "1.7.27-1"},
		"dpkg, another program":  {fsys: files("var/lib/dpkg/status", status), p: kubelet("/opt/bin/kubelet"), why: "another program than /opt/bin/kubelet"},
		"dpkg, removed":          {fsys: files("var/lib/dpkg/status", status), p: crio, why: "dpkg has no package cri-o"},
		"dpkg, status.d":         {fsys: files("var/lib/dpkg/status.d/kubelet", "Package: kubelet\nVersion: 1.35.2-1\n"), p: kubelet("/usr/bin/kubelet"), want: "1.35.2-1"},
		"dpkg, status.d, md5":    {fsys: files("var/lib/dpkg/status.d/kubelet", "Package: kubelet\nVersion: 1.35.2-1\n", "var/lib/dpkg/status.d/kubelet.md5sums", "0a  opt/kubelet\n"), p: kubelet("/opt/kubelet"), want: "1.35.2-1"},
		"apk":                    {fsys: files("lib/apk/db/installed", alpine), p: kubelet("/usr/bin/kubelet"), want: "1.34.1-r0"},
		"apk, another program":   {fsys: files("usr/lib/apk/db/installed", alpine), p: kubelet("/usr/local/bin/kubelet"), why: "another program"},
		"rpm":                    {fsys: rpmImage, p: kubelet("/usr/bin/kubelet"), want: "1.34.4"},
		"rpm, on overflow pages": {fsys: rpmImage, p: crio, want: "1.34.1"},
		"rpm, number in a name":  {fsys: rpmImage, p: kubelet("/opt/kubelet"), want: "1.33.5"},
		"rpm, other version":     {fsys: rpmImage, p: kubelet("/usr/bin/other"), why: "another program"},
		"rpm, older format":      {fsys: files("var/lib/rpm/Packages", "x"), p: crio, why: "rpm 4.16"},
		"rpm, log":               {fsys: files("var/lib/rpm/rpmdb.sqlite", "x", "var/lib/rpm/rpmdb.sqlite-wal", "x"), p: crio, why: "rpmdb.sqlite-wal"},
		"nothing":                {fsys: files(), p: crio, why: "no database of packages"},
	} {
		t.Run(name, func(t *testing.T) {
			got, from, err := Version(c.fsys, c.p)
			if got != c.want || (err == nil) == (c.want == "") || err == nil && from == "" || err != nil && !strings.Contains(err.Error(), c.why) {
				t.Errorf("%q from %q (%v), want %q %q", got, from, err, c.want, c.why)
			}
		})
	}
}

func TestBuildInformation(t *testing.T) {
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := Program{Path: name, Modules: []string{"k8s.io/kubernetes"}}
	if version, ok := p.built(os.DirFS("/")); ok {
		t.Errorf("this program is Kubernetes %s", version)
	}
	for version, want := range map[string]bool{
		"v1.36.3": true, "v1.36.0-rc.1": true, "v1.36.3-k3s1": true, "v1.31.2+rke2r1": true,
		"(devel)": false, "": false, "v1.36.4-0.20260102030405-0123456789ab": false, "v1.36.3+dirty": false,
	} {
		main := debug.Module{Path: "k8s.io/kubernetes", Version: version}
		program := &debug.BuildInfo{Main: debug.Module{Path: "github.com/k3s-io/k3s", Version: "v9.9.9"}, Deps: []*debug.Module{
			{Path: "k8s.io/api", Version: "v0.36.3"}, {Path: "k8s.io/kubernetes", Version: "v0.0.0", Replace: &main},
		}}
		for _, info := range []*debug.BuildInfo{{Main: main}, program} {
			if got, ok := p.release(info); ok != want || got != version {
				t.Errorf("%q: %q, %v, want %v", version, got, ok, want)
			}
		}
	}
}

// TestDamagedDatabase: whatever is cut off or turned over in the file, reading it ends.
func TestDamagedDatabase(t *testing.T) {
	whole := rpmdb(t)
	for at := 0; at < len(whole); at += 8111 {
		for _, data := range [][]byte{whole[:at], append(append(bytes.Clone(whole[:at]), ^whole[at]), whole[at+1:]...)} {
			_, _, _ = Version(fstest.MapFS{"var/lib/rpm/rpmdb.sqlite": {Data: data}}, kubelet("/usr/bin/kubelet"))
		}
	}
}
