package hostfs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// tree makes a root from lines "path", "path/", "path -> target" and "path = content".
func tree(t testing.TB, lines ...string) *Root {
	t.Helper()
	dir := t.TempDir()
	for _, line := range lines {
		name, target, isLink := strings.Cut(line, " -> ")
		name, content, _ := strings.Cut(name, " = ")
		here := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(here), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		switch {
		case isLink:
			err = os.Symlink(target, here)
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(here, 0o755)
		default:
			err = os.WriteFile(here, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestNamesAreResolvedInsideTheRoot(t *testing.T) {
	r := tree(t,
		"etc/kubernetes/kubelet.yaml = k",
		"etc/current -> kubernetes",
		"etc/absolute -> /etc/kubernetes/kubelet.yaml",
		"etc/out -> ../../../../../../../../etc/kubernetes/kubelet.yaml",
		"etc/two -> current/../absolute",
		"etc/loop -> loop",
		"etc/dangling -> nothing",
		"etc/slash -> kubernetes/",
		"etc/fileslash -> kubernetes/kubelet.yaml/",
		"var/run -> /run",
		"run/crio/",
	)
	const k = "/etc/kubernetes/kubelet.yaml"
	for _, c := range []struct {
		name, real string
		err        error
	}{
		{name: k, real: k},
		{name: "/etc/../../../etc//kubernetes/./kubelet.yaml", real: k},
		{name: "/etc/current/kubelet.yaml", real: k},
		{name: "/etc/absolute", real: k},
		{name: "/etc/out", real: k},
		{name: "/etc/two", real: k},
		{name: "/etc/slash/kubelet.yaml", real: k},
		{name: "/var/run/crio", real: "/run/crio"},
		{name: "/var/run/crio/..", real: "/run"},
		{name: "/", real: "/"},
		{name: "/..", real: "/"},
		{name: "/etc/loop", err: unix.ELOOP},
		{name: "/etc/dangling", err: fs.ErrNotExist},
		{name: "/etc/nothing/at/all", err: fs.ErrNotExist},
		{name: "/etc/fileslash", err: unix.ENOTDIR},
		{name: k + "/", err: unix.ENOTDIR},
		{name: k + "/x", err: unix.ENOTDIR},
		{name: "", err: errAny},
		{name: "etc/kubernetes", err: errAny},
		{name: "/etc/\x00", err: unix.EINVAL},
	} {
		m, err := r.Stat(c.name)
		if errors.Is(c.err, errAny) && err != nil {
			continue
		}
		if !errors.Is(err, c.err) {
			t.Errorf("Stat(%q): %v, want %v", c.name, err, c.err)
			continue
		}
		if m.Real != c.real {
			t.Errorf("Stat(%q) = %q, want %q", c.name, m.Real, c.real)
		}
	}
}

var errAny = errors.New("any error")

func TestLstatDescribesTheLink(t *testing.T) {
	r := tree(t, "a = 1", "l -> a")
	m, err := r.Lstat("/l")
	if err != nil || m.Type != fs.ModeSymlink || m.Real != "/l" {
		t.Errorf("Lstat = %+v, %v", m, err)
	}
	if m, err = r.Stat("/l"); err != nil || !m.IsRegular() || m.Real != "/a" {
		t.Errorf("Stat = %+v, %v", m, err)
	}
}

func TestPath(t *testing.T) {
	r := tree(t, "run/", "var/run -> /run", "loop -> loop", "f = x")
	for name, want := range map[string]string{
		"/var/run/crio/crio.sock": "/run/crio/crio.sock",
		"/var/run":                "/run",
		"/none/at/all":            "/none/at/all",
		"/../../etc":              "/etc",
		"f":                       "/f",
		"/f/below":                "/f/below",
		"/loop":                   "/loop",
		"/loop/x":                 "/loop/x",
		"/":                       "",
	} {
		if got := r.Path(name); got != r.Dir()+want {
			t.Errorf("Path(%q) = %q, want %q", name, got, r.Dir()+want)
		}
	}
}

// No descriptor may stay open, whatever a name leads to.
func TestResolveLeaksNoDescriptor(t *testing.T) {
	r := tree(t, "a/b/c = 1", "a/l -> /a/b/c", "loop -> loop", "a/up -> ../../../a/b")
	before := descriptors(t)
	for _, name := range []string{"/a/b/c", "/a/l", "/loop", "/none", "/none/x", "/a/b/c/x", "/", "/a", "/a/up/c", "bad", "/a/b/.."} {
		for range 10 {
			_, _ = r.Stat(name)
			_, _ = r.Lstat(name)
			_, _ = r.ReadFile(name)
			_, _ = r.ReadDir(name)
			_ = r.Path(name)
			_ = r.Writable(name)
			_ = r.Replace(name, nil, "no", WriteOptions{})
			_, _ = r.Sweep(name)
		}
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc")
	}
	return len(all)
}

// The kernel is the judge: openat2 with RESOLVE_IN_ROOT must lead to the same thing, or
// fail for the same reason.
func FuzzResolve(f *testing.F) {
	for _, seed := range [][3]string{
		{"/a/f", "../..", "/l/../a/m/f"},
		{"a", "/l", "/l/m"},
		{"l", "m", "/l"},
		{".", "..", "/l/l/l/a/m"},
		{"/", "f/", "/a/m"},
		{"a/./f/.", "f", "/l"},
		{"../../a", "../l/f", "/a/m/"},
		{"a//b", "/a/b/../f", "//l/../m/."},
		{"a/m", "/nothing", "/l"},
		{"/a/f/..", "b/none", "/a/m/../x"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, one, two, name string) {
		if one == "" || two == "" || len(one)+len(two)+len(name) > 2000 || !strings.HasPrefix(name, "/") {
			t.Skip()
		}
		if strings.ContainsRune(one+two+name, 0) {
			t.Skip()
		}
		r := tree(t, "a/b/", "a/f = x")
		if os.Symlink(one, r.dir+"/l") != nil || os.Symlink(two, r.dir+"/a/m") != nil {
			t.Skip()
		}
		for _, follow := range []bool{true, false} {
			compareWithKernel(t, r, name, follow)
		}
	})
}

func compareWithKernel(t *testing.T, r *Root, name string, follow bool) {
	how := &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT}
	if !follow {
		how.Flags |= unix.O_NOFOLLOW
	}
	var want unix.Stat_t
	fd, wantErr := unix.Openat2(int(r.fd.Fd()), name, how)
	switch {
	case errors.Is(wantErr, unix.ENOSYS) || errors.Is(wantErr, unix.EPERM):
		t.Skip("no openat2 here")
	case errors.Is(wantErr, unix.EAGAIN):
		t.Skip("the kernel saw a rename elsewhere")
	case wantErr == nil:
		defer unix.Close(fd)
		if err := unix.Fstat(fd, &want); err != nil {
			t.Fatal(err)
		}
	}
	p, err := r.find("fuzz", name, follow)
	if err != nil {
		if wantErr == nil || !errors.Is(err, wantErr) && !errors.Is(wantErr, errors.Unwrap(err)) {
			t.Fatalf("%q follow %v: %v, the kernel says %v", name, follow, err, wantErr)
		}
		return
	}
	defer p.close()
	if wantErr != nil {
		t.Fatalf("%q follow %v leads to %q, the kernel says %v", name, follow, p.real(), wantErr)
	}
	if p.stat.Dev != want.Dev || p.stat.Ino != want.Ino {
		t.Fatalf("%q follow %v leads to %q, the kernel to another thing", name, follow, p.real())
	}
	var again unix.Stat_t
	if err := unix.Lstat(filepath.Join(r.dir, p.real()), &again); err != nil || again.Ino != want.Ino {
		t.Fatalf("%q: the real path %q is not that of the thing", name, p.real())
	}
}
