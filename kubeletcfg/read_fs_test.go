package kubeletcfg

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

func kubelet(args ...string) start.Command {
	cmd := start.Command{Directory: "/srv", Args: []start.Word{{Text: "kubelet"}}}
	for _, arg := range args {
		cmd.Args = append(cmd.Args, start.Word{Text: arg})
	}
	return cmd
}

func paths(files []source.File) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.Path)
	}
	return out
}

func TestReadFS(t *testing.T) {
	fsys := fstest.MapFS{
		"srv/config.yaml": {Data: gates("EventedPLEG: false")},
		"d/20.conf":       {Data: gates("EventedPLEG: false")},
		"d/30/sub.conf":   {Data: gates("EventedPLEG: true")},
		"d/notes.txt":     {},
		"fifo":            {Mode: fs.ModeNamedPipe},
		"null":            {Data: []byte("../dev/null"), Mode: fs.ModeSymlink},
		"dangling":        {Data: []byte("none"), Mode: fs.ModeSymlink},
		"empty":           {},
	}
	in := InputsFS(fsys, known.V(1, 36, 3), kubelet("--config=config.yaml", "--config-dir", "/d"))
	if in.Config.Path != "/srv/config.yaml" || in.Config.Err != nil {
		t.Errorf("%+v", in.Config)
	}
	if diff := cmp.Diff([]string{"/d/20.conf", "/d/30/sub.conf"}, paths(in.DropIns.Files)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"/d/notes.txt"}, paths(in.DropIns.Skipped)); diff != "" {
		t.Error(diff)
	}
	if g := Read(in).Gate("EventedPLEG"); !source.Is(g, true) || g.At.Path != "/d/30/sub.conf" {
		t.Errorf("%+v", g)
	}
	for flag, effect := range map[string]source.Effect{
		"--config=/none": source.Fatal, "--config=/dangling": source.Fatal, "--config=/empty": source.Fatal, "--config=/d": source.Fatal,
		"--config=/null": source.Fatal, "--config=/dev/null": source.Fatal, "--config=/fifo": source.Unread, "--config-dir=/none": source.Fatal,
	} {
		problems := ReadFS(fsys, known.V(1, 36, 3), kubelet(flag)).Problems()
		if len(problems) != 1 || problems[0].Effect != effect {
			t.Errorf("%s: %+v", flag, problems)
		}
	}
	inContainer := kubelet("--config=/x")
	inContainer.Contained = true
	if g := ReadFS(fsys, known.V(1, 36, 3), inContainer).Gate("EventedPLEG"); g.Known {
		t.Errorf("a file of the container: %+v", g)
	}
}

func TestReadFSDoesNotFollowTheDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "real", "a.conf"), gates("EventedPLEG: true"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for flag, on := range map[string]bool{"--config-dir=/link": false, "--config-dir=/link/": true, "--config-dir=/real": true} {
		if g := ReadFS(os.DirFS(dir), known.V(1, 36, 3), kubelet(flag)).Gate("EventedPLEG"); !source.Is(g, on) {
			t.Errorf("%s: %+v", flag, g)
		}
	}
}
