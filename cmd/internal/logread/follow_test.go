package logread

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The name of a file that is followed may be given to anything: a pipe without a writer and
// an endless file do not hold it up.
func TestFollowedNames(t *testing.T) {
	for name, replace := range map[string]func(string) error{
		"pipe":    func(name string) error { return unix.Mkfifo(name, 0o600) },
		"device":  func(name string) error { return os.Symlink("/dev/zero", name) },
		"endless": func(name string) error { return os.WriteFile(name, nil, 0o600) },
		"none":    func(string) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "kubelet.log")
			if err := os.WriteFile(path, []byte(started), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			ctx, cancel := context.WithCancel(t.Context())
			log := followFile(ctx, f)
			if text, err := io.ReadAll(io.LimitReader(log, int64(len(started)))); string(text) != started || err != nil {
				t.Fatalf("%q, %v", text, err)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := replace(path); err != nil {
				t.Fatal(err)
			}
			if name == "endless" {
				if err := os.Truncate(path, 1<<42); err != nil {
					t.Fatal(err)
				}
			}
			ended := make(chan int64)
			go func() {
				n, _ := io.Copy(io.Discard, log)
				ended <- n
			}()
			time.AfterFunc(2*pollFile, cancel)
			select {
			case n := <-ended:
				if n > 0 != (name == "endless") {
					t.Errorf("%d bytes", n)
				}
			case <-time.After(20 * time.Second):
				t.Error("it does not end")
			}
		})
	}
}
