// Package store is the directory in which the suite keeps what is slow to make:
// built programs and root file systems. An item's name carries everything that
// decides its content, so a new version is a new item and nothing goes stale.
//
// It does not know what the items are; see the packages program and rootfs.
package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// EnvDir names the environment variable that moves the store.
const EnvDir = "PLEGCTL_E2E_CACHE"

// Store is a directory of finished items.
type Store struct {
	dir    string
	filler sync.Mutex // one build at a time: each wants every core
}

// Open makes the directory where there is none. An empty dir means
// $PLEGCTL_E2E_CACHE, else plegctl-e2e below the user's cache directory.
func Open(dir string) (*Store, error) {
	if dir == "" {
		dir = os.Getenv(EnvDir)
	}
	if dir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("find a cache directory (or set %s): %w", EnvDir, err)
		}
		dir = filepath.Join(base, "plegctl-e2e")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("make the path of the store absolute: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the store: %w", err)
	}
	return &Store{dir: dir}, nil
}

// Dir is the directory of the store.
func (s *Store) Dir() string { return s.dir }

// Path is where the item or scratch directory of that name lies.
func (s *Store) Path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// Key shortens everything that decides an item's content to a name's tail.
func Key(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// Item returns the directory of the item, made by fill when it is not there. fill
// works in a scratch directory that is renamed when it succeeded, so an item is
// whole or absent, whatever happened in between.
func (s *Store) Item(ctx context.Context, name string, fill func(ctx context.Context, dir string) error) (string, error) {
	s.filler.Lock()
	defer s.filler.Unlock()
	final := s.Path("items", name)
	if s.Has(name) {
		return final, nil
	}
	scratch := s.Path("scratch", name)
	if err := os.RemoveAll(scratch); err != nil {
		return "", fmt.Errorf("clear the scratch directory of %s: %w", name, err)
	}
	for _, d := range []string{scratch, filepath.Dir(final)} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return "", fmt.Errorf("make a directory for %s: %w", name, err)
		}
	}
	if err := fill(ctx, scratch); err != nil {
		return "", fmt.Errorf("make %s: %w", name, err)
	}
	if err := os.Rename(scratch, final); err != nil {
		return "", fmt.Errorf("keep %s: %w", name, err)
	}
	return final, nil
}

// Has reports whether the item is made.
func (s *Store) Has(name string) bool {
	_, err := os.Stat(s.Path("items", name))
	return err == nil
}

// Lock takes the store for one run and returns what releases it. A second run
// waits as long as ctx allows: two would build the same things twice and share
// two cores. The kernel releases the lock of a killed run.
func (s *Store) Lock(ctx context.Context) (func(), error) {
	f, err := os.OpenFile(s.Path("lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the store: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			f.Close()
			return nil, fmt.Errorf("lock the store: %w", err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("another run holds %s: %w", s.Path("lock"), ctx.Err())
		case <-time.After(time.Second):
		}
	}
}
