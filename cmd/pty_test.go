package cmd

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a program on a pseudo-terminal that is wide enough for every line.
type terminal struct {
	t      *testing.T
	master *os.File
	cmd    *exec.Cmd
	ended  chan struct{}

	mu  sync.Mutex
	out bytes.Buffer
}

// startTerminal starts a program that believes it talks to a person.
func startTerminal(t *testing.T, env []string, argv ...string) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 200}); err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	term := &terminal{t: t, master: master, cmd: exec.Command(argv[0], argv[1:]...), ended: make(chan struct{})}
	term.cmd.Stdin, term.cmd.Stdout, term.cmd.Stderr = slave, slave, slave
	term.cmd.Env = append([]string{"TERM=xterm", "LANG=C.UTF-8", "HOME=" + t.TempDir()}, env...)
	term.cmd.Dir = t.TempDir() // no file's name may pass for a completion
	term.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := term.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(term.ended)
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			term.mu.Lock()
			term.out.Write(buf[:n])
			term.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = term.cmd.Process.Kill()
		_ = term.cmd.Wait()
		_ = master.Close()
		<-term.ended
	})
	return term
}

func (term *terminal) text() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.out.String()
}

func (term *terminal) press(keys string) {
	term.t.Helper()
	if _, err := term.master.WriteString(keys); err != nil {
		term.t.Fatal(err)
	}
}

// await waits until the terminal shows a text.
func (term *terminal) await(text string) {
	term.t.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(term.text(), text); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			term.t.Fatalf("the terminal does not show %q:\n%q", text, term.text())
		}
	}
}

// forget clears what was shown so far.
func (term *terminal) forget() {
	term.mu.Lock()
	defer term.mu.Unlock()
	term.out.Reset()
}

// built returns a directory with the program as users have it.
func built(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	build := exec.Command("go", "build", "-tags", "grpcnotrace", "-o", filepath.Join(dir, "plegctl"), "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return dir
}

// What the three shells offer after a tab, in a terminal as a person has it.
func TestCompletionInRealShells(t *testing.T) {
	path := "PATH=" + built(t) + ":" + os.Getenv("PATH")
	image := t.TempDir()
	state := filepath.Join(image, "var/lib/plegctl")
	writeFiles(t, image, map[string]string{
		"var/lib/kubelet/config.yaml":            "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
		"usr/lib/systemd/system/kubelet.service": "[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml\n",
	})
	if _, errs, code := run("enable", "--root", image, "--runtime", "containerd", "--kubelet-version", "1.36.3", "--runtime-version", "2.1.4"); code != 0 {
		t.Fatal(errs)
	}
	if _, err := os.Stat(state); err != nil {
		t.Fatal(err)
	}
	shells := map[string]struct {
		argv  []string
		setup string
		tab   string
	}{
		"bash": {[]string{"bash", "--norc", "--noprofile", "-i"}, ". /usr/share/bash-completion/bash_completion; . <(plegctl completion bash)\r", "\t\t"},
		"zsh":  {[]string{"zsh", "-f", "-i"}, "autoload -U compinit; compinit -u -D; . <(plegctl completion zsh)\r", "\t"},
		"fish": {[]string{"fish", "--no-config", "-i"}, "plegctl completion fish | source\r", "\t"},
	}
	for shell, s := range shells {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			term := startTerminal(t, []string{path}, s.argv...)
			term.press(s.setup + "echo set-\"\"up\r")
			term.await("set-up")
			for _, c := range []struct{ typed, offers string }{
				{"plegctl prefl", "preflight"},
				{"plegctl verify --level del", "delivering"},
				{"plegctl preflight -o sa", "sarif"},
				{"plegctl enable --method dr", "drop-in"},
				{"plegctl enable --accept-risk init", "init-container-loop"},
				{"plegctl preflight --only PLEG-NODE-DRA", "PLEG-NODE-DRAINED"},
				{"plegctl status --runtime-unit cri", "crio.service"},
				{"plegctl status --kubelet-version 1.36", "1.36.0"},
				{"plegctl explain fell", "fell-back"},
				{"plegctl rollback --root " + image + " --to 0", "000001-enable"},
			} {
				term.forget()
				term.press(c.typed)
				term.await(c.typed[strings.LastIndexByte(c.typed, ' ')+1:])
				term.press(s.tab)
				term.await(c.offers)
				term.press("\x15") // Ctrl-U: an empty line again
			}
		})
	}
}

// status --watch draws the terminal anew, and Ctrl-C ends it with the code of what it showed.
func TestWatchOnATerminal(t *testing.T) {
	image := t.TempDir()
	config := "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
	writeFiles(t, image, map[string]string{
		"var/lib/kubelet/config.yaml":            config,
		"usr/lib/systemd/system/kubelet.service": "[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml\n",
	})
	term := startTerminal(t, nil, filepath.Join(built(t), "plegctl"), "status", "--watch", "--root", image, "--runtime", "cri-o", "--runtime-version", "1.34.11")
	term.await("Evented PLEG is off")
	term.forget()
	term.await("Ctrl-C ends")
	writeFiles(t, image, map[string]string{"var/lib/kubelet/config.yaml": config + "featureGates:\n  EventedPLEG: true\n"})
	term.await("only half configured")
	term.press("\x03")
	if err := term.cmd.Wait(); term.cmd.ProcessState.ExitCode() != ExitFailed {
		t.Errorf("%v\n%s", err, term.text())
	}
	if out := term.text(); !strings.Contains(out, "\x1b[H") || strings.Contains(out, "error") {
		t.Errorf("the screen is not drawn anew, or shows an error:\n%q", out)
	}
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
