package hostfs

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// No input can hold a command up or fill its memory.
func TestReadNamed(t *testing.T) {
	dir := t.TempDir()
	file, pipe := filepath.Join(dir, "file"), filepath.Join(dir, "pipe")
	if err := errors.Join(os.WriteFile(file, []byte("secret"), 0o600), unix.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	if data, err := ReadNamed(file, 6); string(data) != "secret" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := ReadNamed(file, 5); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a file that is too large: %v", err)
	}
	for _, name := range []string{dir, pipe, "/dev/zero", "/dev/full"} {
		if _, err := ReadNamed(name, 10); !errors.Is(err, ErrNotRegular) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadNamed(filepath.Join(dir, "socket"), 10); err == nil {
		t.Error("a socket was read")
	}
}

func TestPipes(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	// The writer may come after the reader.
	f, err := OpenNamed(pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	go func() {
		if w, err := os.OpenFile(pipe, os.O_WRONLY, 0); err == nil {
			_, _ = w.WriteString("from a pipe")
			w.Close()
		}
	}()
	if data, err := io.ReadAll(NewPatient(f, time.Minute)); string(data) != "from a pipe" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	read := func() error {
		f, err := OpenNamed(pipe)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		_, err = NewPatient(f, 30*time.Millisecond).Read(make([]byte, 1))
		return err
	}
	if err := read(); err == nil || !strings.Contains(err.Error(), "nothing came out") {
		t.Errorf("a pipe that nobody writes to: %v", err)
	}
	w, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := read(); err == nil || !strings.Contains(err.Error(), "nothing came out") {
		t.Errorf("a pipe whose writer is silent: %v", err)
	}
}
